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
        let backends = try devices.map { try OpenCLBackend(device: $0) }
        check(backends.map { Subject($0) })
        for backend in backends {
            XCTAssertEqual(backend.compilationsWithAllDeclarations, 0, "Common/BuiltInFunctions.h lacks a function")
        }
    }

    /// Runs the standard suite, fails once for each failing check, and prints what passed and what the backends cannot do.
    private func check(_ subjects: [Subject], checks: Set<Check>? = nil) {
        let runner = ParityRunner(
            .standard, reference: CPUBackend(), subjects: subjects,
            only: ProcessInfo.processInfo.environment["EQUIPOISE_ROW"], checks: checks)
        let results = runner.run { result in
            if result.isFailure { XCTFail(result.line) }
        }
        XCTAssertFalse(results.isEmpty, "no row was run")
        print(ParityTable(results))
    }
}
