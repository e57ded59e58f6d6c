import BackendTesting
import CPUBackend
import OpenCLBackend
import Tensors
import XCTest

/// Every implementation of the operations that have several, also those that a device would not choose.
final class ImplementationTests: XCTestCase {
    func testEveryImplementationOnEveryOpenCLDevice() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        for (operation, all) in OpenCLBackend.implementationNames.sorted(by: { $0.key < $1.key }) {
            // CLBlast's other parameters are tried in processes of their own.
            let names = all.filter { !OpenCLBackend.clblastNames.dropFirst().contains($0) }
            let subjects = try devices.flatMap { device in
                try names.map { name in
                    let backend = try OpenCLBackend(device: device, preferredImplementations: [operation: name])
                    let identifier = backend.device.identifier
                    return Subject(
                        backend, label: "\(identifier) \(name)",
                        commandLineArguments: "--device \(identifier) --implementation \(operation)=\(name)")
                }
            }
            let runner = ParityRunner(
                .standard, reference: CPUBackend(), subjects: subjects, only: "\(operation) ",
                checks: [.parity, .poison, .guards, .views])
            let results = runner.run { if $0.isFailure { XCTFail($0.line) } }
            for subject in subjects {
                let wasRun = results.contains {
                    if case .passed = $0.outcome { $0.subject == subject.label } else { false }
                }
                XCTAssertTrue(wasRun, "no row of \(operation) was run by \(subject.label)")
            }
            print(ParityTable(results))
        }
    }

    /// The kernels that are made for the other family of devices are slower on this one, but must be right.
    func testTheKernelsOfTheOtherFamilyOnEveryOpenCLDevice() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        let backends = try devices.map { device in
            var other = device
            other.family = device.family == .cpuLike ? .gpuLike : .cpuLike
            return try OpenCLBackend(device: other)
        }
        let subjects = backends.map { backend in
            let (device, family) = (backend.device.identifier, backend.hardware.family.rawValue)
            return Subject(
                backend, label: "\(device) \(family)", commandLineArguments: "--device \(device) --family \(family)")
        }
        let runner = ParityRunner(
            .standard, reference: CPUBackend(), subjects: subjects, checks: [.parity, .poison, .guards, .views])
        print(ParityTable(runner.run { if $0.isFailure { XCTFail($0.line) } }))
        for backend in backends {
            XCTAssertEqual(backend.compilationsWithAllDeclarations, 0, "Common/BuiltInFunctions.h lacks a function")
        }
    }

    func testUnknownImplementationsAreRefused() throws {
        guard let device = OpenCLDevice.all().first else { throw XCTSkip("no OpenCL device is present") }
        for preferred in [["convolution2D": "fastest"], ["convolution3D": "direct"]] {
            XCTAssertThrowsError(try OpenCLBackend(device: device, preferredImplementations: preferred)) { error in
                guard case TensorError.invalidArgument = error else { return XCTFail("\(error)") }
            }
        }
    }

    func testAnImplementationThatDoesNotAcceptTheProblemIsNotReplaced() throws {
        guard let device = OpenCLDevice.all().first else { throw XCTSkip("no OpenCL device is present") }
        let backend = try OpenCLBackend(device: device, preferredImplementations: ["convolution2D": "fewChannels"])
        XCTAssertThrowsError(
            try backend.convolution2D(
                backend.tensor(repeating: 1, [1, 4, 4, 64]), filter: backend.tensor(repeating: 1, [3, 3, 64, 8]),
                stride: 1, padding: 1)
        ) { error in
            guard case TensorError.unsupported(let operation, _, _) = error else { return XCTFail("\(error)") }
            XCTAssertEqual(operation, "convolution2D")
        }
    }
}
