// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "equipoise",
    products: [
        .executable(name: "equipoise", targets: ["equipoise"]),
        .library(name: "Equipoise", targets: ["Tensors", "CPUBackend", "OpenCLBackend", "NeuralNetworks", "Methods"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: System libraries: linked, but for OpenCL and CLBlast; these give headers only and are opened at run time, so
        // that one binary also starts where neither is installed.
        .systemLibrary(name: "COpenCL"),
        .systemLibrary(name: "CCLBlast"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CTurboJPEG", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),

        // MARK: The engine
        .target(name: "Tensors"),
        .target(name: "TensorFiles", dependencies: ["Tensors"]),
        .target(name: "CVectorKernels"),
        .target(name: "CPUBackend", dependencies: ["Tensors", "CVectorKernels"]),
        .target(
            name: "OpenCLBackend", dependencies: ["Tensors", "COpenCL", "CCLBlast", "CVectorKernels"],
            exclude: ["Tuning/Defaults"],
            plugins: ["EmbedTextPlugin"]),
        .target(name: "NeuralNetworks", dependencies: ["Tensors"]),
        .target(name: "Methods", dependencies: ["NeuralNetworks", "Tensors"]),
        .target(
            name: "Datasets", dependencies: ["Tensors", "TensorFiles", "CZlib", "CTurboJPEG", "CPNG"]),
        .target(
            name: "Training",
            dependencies: [
                "Methods", "Datasets", "NeuralNetworks", "Tensors", "TensorFiles",
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Recipes"],
            plugins: ["EmbedTextPlugin"]),
        .target(name: "BackendTesting", dependencies: ["Tensors"]),
        .executableTarget(
            name: "equipoise",
            dependencies: [
                "Training", "Methods", "Datasets", "NeuralNetworks", "TensorFiles", "Tensors",
                "CPUBackend", "OpenCLBackend", "BackendTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // MARK: Build tools
        .executableTarget(name: "embed-text", path: "Tools/EmbedText"),
        .executableTarget(
            name: "gpu-offline", dependencies: ["OpenCLBackend", "BackendTesting", "Training", "Tensors"],
            path: "Tools/GPUOffline"),
        .plugin(
            name: "EmbedTextPlugin", capability: .buildTool(), dependencies: ["embed-text"],
            path: "Tools/EmbedTextPlugin"),

        // MARK: Tests
        .target(name: "SyntheticData", dependencies: ["Tensors"], path: "Tests/SyntheticData"),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
        .testTarget(name: "TensorFilesTests", dependencies: ["TensorFiles", "Tensors"]),
        .testTarget(
            name: "BackendTests",
            dependencies: [
                "BackendTesting", "CPUBackend", "CVectorKernels", "OpenCLBackend", "SyntheticData", "Tensors",
            ]),
        .testTarget(
            name: "GoldenTests",
            dependencies: [
                "BackendTesting", "CPUBackend", "OpenCLBackend", "Tensors", "TensorFiles", "NeuralNetworks", "Methods",
                "Datasets", "Training",
            ]),
        .testTarget(name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "CPUBackend", "Tensors"]),
        .testTarget(name: "MethodsTests", dependencies: ["Methods", "NeuralNetworks", "CPUBackend", "Tensors"]),
        .testTarget(
            name: "DatasetsTests",
            dependencies: ["CPUBackend", "Datasets", "TensorFiles", "SyntheticData", "Tensors"],
            exclude: ["Images"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "Methods", "Datasets", "NeuralNetworks", "TensorFiles", "Tensors", "CPUBackend",
                "OpenCLBackend", "SyntheticData",
            ]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["equipoise", "OpenCLBackend", "TensorFiles", "Tensors", "SyntheticData"]),
    ],
    swiftLanguageModes: [.v6]
)

// MARK: Fuzzing: `Tools/fuzz` sets the variable; no other build has the sanitizers.
if Context.environment["EQUIPOISE_FUZZ"] != nil {
    let sanitized = ["Tensors", "TensorFiles", "Datasets", "Training"]
    for target in package.targets where sanitized.contains(target.name) {
        target.swiftSettings = [.unsafeFlags(["-sanitize=address,fuzzer", "-enable-testing"])]
    }
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tools/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "fuzz-parsers", dependencies: ["Datasets", "TensorFiles", "Tensors", "Training", "CLibFuzzer"],
            path: "Tools/Fuzz", exclude: ["CLibFuzzer", "seeds.py"],
            swiftSettings: [.unsafeFlags(["-sanitize=address,fuzzer"])],
            linkerSettings: [.unsafeFlags(["-sanitize=address,fuzzer", "-use-ld=lld"])]),
    ]
}
