import BackendTesting
import CVectorKernels
import Tensors
import XCTest

@testable import CPUBackend

/// The CPU backend with the loops of every instruction set that this processor has, not only the widest.
final class InstructionSetTests: XCTestCase {
    /// The operations whose inner loops depend on the instruction set.
    private let operations = ["convolution2D", "gemm", "batchNormalization", "columnSums"]

    /// Within the rows' tolerances; and with the same bits where both fuse multiplication and addition. Nothing outside
    /// the arguments is read or written.
    func testEveryInstructionSetAgreesWithTheWidest() {
        for kernels in VectorKernels.available.dropFirst() {
            let subject = Subject(CPUBackend(kernels: kernels), label: kernels.name)
            for operation in operations {
                let runner = ParityRunner(
                    .standard, reference: CPUBackend(), subjects: [subject], only: operation,
                    checks: [.parity, .guards, .views])
                let results = runner.run { result in
                    if result.isFailure { XCTFail(result.line) }
                }
                XCTAssertFalse(results.isEmpty, "no row of \(operation) was run")
                guard kernels.name != "SSE2" else { continue }
                for result in results where result.check == .parity {
                    XCTAssertEqual(result.outcome, .passed(worstError: 0), "\(kernels.name): \(result.row)")
                }
            }
        }
    }

    func testTheNarrowestInstructionSetIsThatOfEveryProcessor() {
        XCTAssertEqual(VectorKernels.available.first?.name, VectorKernels.widest.name)
        #if arch(x86_64)
            XCTAssertEqual(VectorKernels.available.last?.name, "SSE2")
        #elseif arch(arm64)
            XCTAssertEqual(VectorKernels.available.map(\.name), ["NEON"])
        #endif
    }

    func testProductsAddInTheOrderOfTheSteps() throws {
        // Only from left to right does 1 + 2²⁴ − 2²⁴ lose the 1.
        let (m, n) = (13, 70)
        let rows = [[Float]](repeating: [1, 0x1p24, -0x1p24], count: m)
        for kernels in VectorKernels.available {
            let backend = CPUBackend(kernels: kernels)
            let a = try backend.tensor(rows.flatMap { $0 }, [m, 3])
            let ones = try backend.tensor(repeating: 1, [3, n])
            let product = try backend.makeTensor([m, n], .float32)
            try backend.gemm(alpha: 1, a, transposeA: false, ones, transposeB: false, beta: 0, into: product)
            XCTAssertEqual(
                try backend.read(product).floats, [Float](repeating: 0, count: m * n), kernels.name)
        }
    }
}
