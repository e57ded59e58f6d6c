import Tensors
import XCTest

final class ProblemTests: XCTestCase {
    func testConvolutionExtents() throws {
        let problem = try Convolution2DProblem(input: [2, 9, 7, 16], filter: [3, 3, 16, 32], stride: 2, padding: 1)
        XCTAssertEqual(problem.outputShape, [2, 5, 4, 32])
        XCTAssertEqual(problem.inputShape, [2, 9, 7, 16])
        XCTAssertEqual(problem.filterShape, [3, 3, 16, 32])
        XCTAssertEqual(problem.floatingPointOperations, 2 * (2 * 5 * 4 * 32) * (3 * 3 * 16))
    }

    func testConvolutionsThatCannotBe() {
        let input: Shape = [1, 4, 4, 2]
        for (input, filter, stride, padding) in [
            (input, [3, 3, 3, 8], 1, 1), (input, [3, 3, 2], 1, 1), ([4, 4, 2], [3, 3, 2, 8], 1, 1),
            (input, [3, 3, 2, 8], 0, 1), (input, [3, 3, 2, 8], 1, -1), (input, [5, 3, 2, 8], 1, 0),
            (input, [3, 3, 2, 0], 1, 1), ([0, 4, 4, 2], [3, 3, 2, 8], 1, 1),
            (input, [3, 3, 2, 8], 1, .max), (input, [3, 3, 2, 8], 1, 1025), (input, [1, 1, 2, 1], .max, 0),
            (input, [1, 1, 2, 1], 1025, 0),
        ] as [(Shape, Shape, Int, Int)] {
            XCTAssertThrowsError(
                try Convolution2DProblem(input: input, filter: filter, stride: stride, padding: padding),
                "\(input) \(filter) \(stride) \(padding)")
        }
        XCTAssertNoThrow(try Convolution2DProblem(input: input, filter: [1, 1, 2, 1], stride: 1024, padding: 1024))
    }

    func testPoolingExtents() throws {
        XCTAssertEqual(
            try Pooling2DProblem(input: [2, 8, 7, 5], window: 3, stride: 2, padding: 1).outputShape, [2, 4, 4, 5])
        XCTAssertEqual(
            try Pooling2DProblem(input: [2, 8, 7, 5], window: 2, stride: 2, padding: 0).outputShape, [2, 4, 3, 5])
    }

    func testPoolingsThatCannotBe() {
        for (window, stride, padding) in [
            (0, 1, 0), (3, 0, 1), (3, 1, -1), (3, 1, 2), (5, 1, 0), (.max, 1, 0), (3, 1, .max), (.max, 1, 2),
        ] {
            XCTAssertThrowsError(
                try Pooling2DProblem(input: [1, 4, 4, 1], window: window, stride: stride, padding: padding),
                "\(window) \(stride) \(padding)")
        }
    }

    func testMatrixProductExtents() throws {
        let problem = try GemmProblem(a: [3, 5], transposeA: true, b: [7, 3], transposeB: true, c: [5, 7])
        XCTAssertEqual([problem.m, problem.n, problem.k], [5, 7, 3])
        XCTAssertThrowsError(try GemmProblem(a: [3, 5], transposeA: false, b: [7, 3], transposeB: true, c: [3, 7]))
        XCTAssertThrowsError(try GemmProblem(a: [3, 5], transposeA: false, b: [5, 7], transposeB: false, c: [3, 8]))
        XCTAssertThrowsError(try GemmProblem(a: [3], transposeA: false, b: [3, 7], transposeB: false, c: [1, 7]))
    }

    func testHowASecondOperandIsRepeated() throws {
        func broadcast(_ first: Shape, _ second: Shape) throws -> Broadcast {
            try Broadcast(first: first, second: second, operation: "add")
        }
        XCTAssertEqual(try broadcast([2, 3], [2, 3]), .elementwise)
        XCTAssertEqual(try broadcast([2, 3], [3]), .row)
        XCTAssertEqual(try broadcast([2, 4, 4, 3], [3]), .row)
        XCTAssertEqual(try broadcast([2, 3], [2, 1]), .column)
        XCTAssertEqual(try broadcast([2, 3], [1]), .scalar)
        XCTAssertEqual(try broadcast([1], [1]), .elementwise)
        XCTAssertThrowsError(try broadcast([2, 3], [2]))
        XCTAssertThrowsError(try broadcast([2, 3], [3, 2]))
        XCTAssertThrowsError(try broadcast([3], [2, 3]))
    }
}
