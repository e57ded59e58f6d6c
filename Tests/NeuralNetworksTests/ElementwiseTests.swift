import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

/// The small operations of which losses are composed: values where they are easy to say, gradients by finite differences.
final class ElementwiseTests: XCTestCase {
    private let matrix = CheckedInput("x", [3, 4], [0.7, 1.3, 0.4, 2.1, 1.1, 0.6, 0.9, 1.7, 0.5, 1.9, 1.2, 0.8])
    private let other = CheckedInput("b", [3, 4], [1.2, 0.8, 1.6, 0.5, 0.9, 2.2, 1.4, 0.7, 1.8, 0.6, 1.1, 1.3])
    private let row = CheckedInput("b", [4], [1.5, 0.7, 2.2, 0.9])
    private let column = CheckedInput("b", [3, 1], [1.5, 0.7, 2.2])
    private let scalar = CheckedInput("b", [1], [1.6])

    func testFunctionsOfOneElement() throws {
        try assertGradients(of: [matrix]) { try $0.exponential($1[0]) }
        try assertGradients(of: [matrix]) { try $0.logarithm($1[0]) }
        try assertGradients(of: [matrix]) { try $0.affine($1[0], scale: -2.5, shift: 3) }
    }

    func testArithmeticWithEveryRepetitionOfTheSecondOperand() throws {
        for second in [other, row, column, scalar] {
            try assertGradients(of: [matrix, second]) { try $0.add($1[0], $1[1]) }
            try assertGradients(of: [matrix, second]) { try $0.subtract($1[0], $1[1]) }
            try assertGradients(of: [matrix, second]) { try $0.multiply($1[0], $1[1]) }
            try assertGradients(of: [matrix, second]) { try $0.divide($1[0], $1[1]) }
        }
    }

    func testAVariableTimesItselfIsItsSquare() throws {
        try assertGradients(of: [matrix]) { try $0.multiply($1[0], $1[0]) }
        try assertGradients(of: [matrix]) { try $0.divide($1[0], $1[0]) }
    }

    func testClampLetsGradientsThroughInsideAndOnTheBounds() throws {
        try assertGradients(of: [matrix]) { try $0.clamp($1[0], to: 1...1.5) }
        let backend = CPUBackend()
        let input = Variable(try backend.tensor([-2, -1, 0, 1, 2] as [Float], [5]), requiresGradient: true)
        let tape = Tape(on: backend)
        let output = try tape.clamp(input, to: -1...1)
        XCTAssertEqual(try backend.read(output.value).floats, [-1, -1, 0, 1, 1])
        try tape.backward(from: tape.sum(output))
        XCTAssertEqual(try backend.read(XCTUnwrap(input.gradient)).floats, [0, 1, 1, 1, 0])
    }

    func testReductions() throws {
        try assertGradients(of: [matrix]) { try $0.rowSums($1[0]) }
        try assertGradients(of: [matrix]) { try $0.rowNorms($1[0]) }
        try assertGradients(of: [matrix]) { try $0.sum($1[0], scale: -0.5) }
        try assertGradients(of: [matrix]) { try $0.mean($1[0]) }
    }

    func testARowOfLengthZeroHasNormAndGradientZero() throws {
        let backend = CPUBackend()
        let input = Variable(try backend.tensor([0, 0, 3, 4] as [Float], [2, 2]), requiresGradient: true)
        let tape = Tape(on: backend)
        let norms = try tape.rowNorms(input)
        XCTAssertEqual(try backend.read(norms.value).floats, [0, 5])
        try tape.backward(from: tape.sum(norms))
        let gradient = try backend.read(XCTUnwrap(input.gradient)).floats
        for (got, expected) in zip(gradient, [0, 0, 0.6, 0.8] as [Float]) {
            XCTAssertEqual(got, expected, accuracy: 1e-6)
        }
    }

    func testMeanOfNothingIsRefused() throws {
        let tape = Tape(on: CPUBackend())
        let empty = tape.constant(try tape.backend.makeTensor([0, 3], .float32))
        XCTAssertThrowsError(try tape.mean(empty)) { XCTAssertTrue($0 is TensorError) }
    }

    func testSoftmax() throws {
        try assertGradients(of: [matrix]) { try $0.softmax($1[0]) }
        try assertGradients(of: [matrix]) { try $0.logSoftmax($1[0]) }
        try assertGradients(of: [matrix]) { [other] tape, inputs in
            try tape.softmaxMeanSquaredError(
                inputs[0], targetLogits: tape.backend.tensor(other.values, other.shape))
        }
    }

    func testProductsWithEveryTransposition() throws {
        let tall = CheckedInput("a", [2, 3], [0.5, -1, 2, 1.5, 0.3, -0.7])
        let wide = CheckedInput("a", [3, 2], tall.values)
        let second = CheckedInput("b", [3, 4], other.values)
        let secondTransposed = CheckedInput("b", [4, 3], other.values)
        for (a, transposeA) in [(tall, false), (wide, true)] {
            for (b, transposeB) in [(second, false), (secondTransposed, true)] {
                try assertGradients(of: [a, b]) {
                    let product = try $0.matrixProduct(
                        $1[0], transposeA: transposeA, $1[1], transposeB: transposeB, scale: 0.5)
                    XCTAssertEqual(product.shape, [2, 4])
                    return product
                }
            }
        }
        try assertGradients(of: [tall]) { try $0.matrixProduct($1[0], $1[0], transposeB: true) }
        try assertGradients(of: [matrix]) { try $0.l2Normalize($1[0]) }
    }

    func testJoiningAndPickingRows() throws {
        let more = CheckedInput("y", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
        try assertGradients(of: [matrix, more]) { try $0.concatenate([$1[0], $1[1], $1[0]]) }
        try assertGradients(of: [matrix]) { tape, inputs in
            try tape.gatherRows(inputs[0], indices: tape.backend.tensor([2, 0, 2, 2] as [Int32], [4]))
        }
    }

    func testConcatenateRefusesPartsThatDoNotFit() throws {
        let tape = Tape(on: CPUBackend())
        func variable(_ shape: Shape) throws -> Variable {
            tape.constant(try tape.backend.tensor(repeating: 0, shape))
        }
        XCTAssertThrowsError(try tape.concatenate([]))
        XCTAssertThrowsError(try tape.concatenate([variable([2, 3]), variable([2, 4])]))
        XCTAssertThrowsError(try tape.concatenate([variable([2, 3]), variable([3])]))
    }

    func testColumnsStandardised() throws {
        try assertGradients(of: [matrix], accuracy: 5e-3) { try $0.standardizeColumns($1[0], epsilon: 0.01) }
        let backend = CPUBackend()
        let tape = Tape(on: backend, recording: false)
        let input = tape.constant(try backend.tensor([1, 10, 3, 10] as [Float], [2, 2]))
        XCTAssertEqual(try backend.read(tape.standardizeColumns(input, epsilon: 1e-12).value).floats, [-1, 0, 1, 0])
    }
}
