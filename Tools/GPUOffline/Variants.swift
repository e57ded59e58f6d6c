import BackendTesting
import Foundation
import OpenCLBackend
import Tensors
import Training

/// A kernel file with one set of macros.
struct Program {
    /// A name for its files.
    let identifier: String
    /// The file inside `Kernels/`, and the macros.
    let title: String
    let source: String
    let options: [String]
    /// The kernels that were launched.
    let kernels: [Kernel]

    /// Whether it holds a convolution for GPUs that does its arithmetic in tiles, by multiply-adds.
    var isConvolution: Bool {
        (title.hasPrefix("Convolution/ImplicitGemm") || title.hasPrefix("Convolution/WinogradProduct"))
            && !usesMatrixUnits
    }

    /// Whether it is for matrix units.
    var usesMatrixUnits: Bool { title.contains("MATRIX_UNITS=1") }

    struct Kernel {
        let name: String
        /// Work-items of a work-group, as it was launched.
        let workItems: Int
        /// Whether a training step launches it.
        let isHot: Bool
    }
}

/// Which kernels the host uses on a GPU, found by having it run on the CPU as if it were one.
enum Variants {
    /// Convolutions that only tuning chooses on a GPU, and of the parity rows some for which there is one.
    private static let tunedOnly = ["winogradPlanesNarrow", "matrixUnits"]
    private static let rowsForTuning = ["n3 h14 w14 c48 k16 r3", "n2 h8 w8 c16 k32 r3", "n2 h7 w7 c64 k64 r3"]

    /// The programs of DASO's training step of a small wide residual network of width 2, which has every kind of layer of
    /// WRN-28-2, of the small parity rows, and of what only tuning chooses.
    static func programs() throws -> [Program] {
        guard var device = OpenCLDevice.all().first(where: { $0.kind == .cpu }) else {
            throw OfflineError(description: "there is no OpenCL device to run the host on; install pocl-opencl-icd")
        }
        device.family = .gpuLike
        // CLBlast brings kernels of its own.
        let backend = try OpenCLBackend(device: device, preferredImplementations: ["gemm": "tiles"])
        _ = try StepBenchmark(model: .wideResNet(depth: 10, width: 2), labelled: 2, unlabelled: 2, on: backend).run(
            steps: 1)
        let hot = Set(try backend.compiledKernels())
        for row in Suite.small.rows {
            _ = try OperationTimer.measure(row, on: backend, samples: 1)
        }
        for row in Suite.standard.rows where rowsForTuning.contains(where: row.name.contains) {
            for name in tunedOnly {
                do {
                    try backend.performing(row.operation, by: name) {
                        _ = try OperationTimer.measure(row, on: backend, samples: 1)
                    }
                } catch TensorError.unsupported {
                    continue
                }
            }
        }
        let byProgram = Dictionary(grouping: try backend.compiledKernels()) { kernel in
            ([kernel.program] + kernel.definitions).joined(separator: " ")
        }
        return byProgram.sorted { $0.key < $1.key }.enumerated().compactMap { index, program in
            guard let first = program.value.first else { return nil }
            return Program(
                identifier: "program\(index)", title: program.key.replacing("-D ", with: ""), source: first.source,
                options: options(first),
                kernels: program.value.map { kernel in
                    Program.Kernel(
                        name: kernel.name, workItems: kernel.workGroup?.reduce(1, *) ?? 256,
                        isHot: hot.contains { $0.name == kernel.name && $0.definitions == kernel.definitions })
                })
        }
    }

    /// The options, one word each; every GPU has fused multiply-adds, the CPU here may not.
    private static func options(_ kernel: CompiledKernel) -> [String] {
        kernel.options.map { $0.replacing("HAS_FUSED_MULTIPLY_ADD=0", with: "HAS_FUSED_MULTIPLY_ADD=1") }
            .flatMap { $0.split(separator: " ").map(String.init) }
    }
}
