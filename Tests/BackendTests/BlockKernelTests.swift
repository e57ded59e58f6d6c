import Tensors
import XCTest

@testable import CPUBackend

/// The implementations of the innermost loop. Tests run without optimisation, where the backend takes the scalar one;
/// the vector one must give the same bits, so that what other tests find holds for optimised builds too.
final class BlockKernelTests: XCTestCase {
    func testVectorAndScalarKernelGiveTheSameBits() {
        for rows in [1, 2, 3, 4, 5, 7, 8, 13] {
            for depth in [0, 1, 2, 3, 4, 5, 9, 32] {
                XCTAssertEqual(
                    product(BlockKernel.vectorMultiply, rows: rows, depth: depth, rowStride: depth, stepStride: 1),
                    product(BlockKernel.scalarMultiply, rows: rows, depth: depth, rowStride: depth, stepStride: 1))
                XCTAssertEqual(
                    product(BlockKernel.vectorMultiply, rows: rows, depth: depth, rowStride: 1, stepStride: rows),
                    product(BlockKernel.scalarMultiply, rows: rows, depth: depth, rowStride: 1, stepStride: rows))
            }
        }
    }

    func testKernelsAddInTheOrderOfTheSteps() {
        // Only from left to right does 1 + 2²⁴ − 2²⁴ lose the 1.
        let a: [Float] = [1, 0x1p24, -0x1p24]
        let panel = [Float](repeating: 1, count: 3 * BlockKernel.columns)
        for kernel in [BlockKernel.scalarMultiply, BlockKernel.vectorMultiply] {
            let rows = [Float](repeatElement(a, count: 4).joined())
            var c = [Float](repeating: 0, count: 4 * BlockKernel.columns)
            kernel(4, 3, rows, 3, 1, panel, &c, BlockKernel.columns)
            XCTAssertEqual(c, [Float](repeating: 0, count: c.count))
        }
    }

    /// The bits of a product of random matrices, added to random numbers, and of the numbers around it.
    private func product(
        _ multiply: BlockKernel.Multiply, rows: Int, depth: Int, rowStride: Int, stepStride: Int
    ) -> [UInt32] {
        var generator = PhiloxGenerator(RandomStream(seed: 1, purpose: .testing))
        func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in generator.uniform() - 0.5 } }
        let a = numbers(rows * depth)
        let panel = numbers(depth * BlockKernel.columns)
        let stride = BlockKernel.columns + 3
        var c = numbers((rows + 1) * stride)
        multiply(rows, depth, a, rowStride, stepStride, panel, &c, stride)
        return c.map(\.bitPattern)
    }
}
