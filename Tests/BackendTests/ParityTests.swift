import BackendTesting
import CPUBackend
import OpenCLBackend
import Tensors
import XCTest

/// The rows of `BackendTesting` on every backend of this machine. `EQUIPOISE_ROW` limits them to the rows whose name
/// contains its value.
final class ParityTests: XCTestCase {
    /// The reference has nothing to be compared with but finite differences and itself; golden vectors do the rest.
    func testCPUBackend() throws {
        check([Subject(CPUBackend())], checks: Set(Check.allCases).subtracting([.parity]))
    }

    func testEveryOpenCLDevice() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        // Once OpenCLBackend has all operations, the cast goes.
        let backends = try devices.compactMap { try OpenCLBackend(device: $0) as Any as? any Backend }
        try XCTSkipIf(backends.isEmpty, "the OpenCL backend does not have all operations yet")
        check(backends.map { Subject($0) }, checks: nil)
    }

    /// Where there is no GPU, the kernels for GPUs run on what there is: slower, but just as right.
    func testKernelsForGPUsOnOtherDevices() throws {
        var devices = OpenCLDevice.all().filter { $0.family == .cpuLike }
        for index in devices.indices { devices[index].family = .gpuLike }
        let backends = try devices.compactMap { try OpenCLBackend(device: $0) as Any as? any Backend }
        try XCTSkipIf(backends.isEmpty, "no CPU-like OpenCL device is present, or not all operations are")
        check(backends.map { Subject($0, label: "\($0.device.identifier) as a GPU") }, checks: nil)
    }

    /// Runs the standard suite, fails once for each failing row, and prints what the backends cannot do.
    private func check(_ subjects: [Subject], checks: Set<Check>?) {
        let runner = ParityRunner(
            .standard, reference: CPUBackend(), subjects: subjects,
            only: ProcessInfo.processInfo.environment["EQUIPOISE_ROW"], checks: checks)
        let results = runner.run { result in
            switch result.outcome {
            case .passed: break
            case .unsupported: print(result.line)
            case .failed: XCTFail(result.line)
            }
        }
        XCTAssertFalse(results.isEmpty, "no row was run")
        print(ParityTable(results))
    }
}
