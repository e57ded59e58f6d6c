import Foundation
import Tensors

extension CPUBackend {
    public func unary(_ operation: UnaryOperation, _ input: Tensor) throws -> Tensor {
        let name = begin(operation.rawValue)
        switch operation {
        case .exponential: return try map(input, name) { exp($0) }
        case .logarithm: return try map(input, name) { log($0) }
        case .squareRoot: return try map(input, name) { $0.squareRoot() }
        }
    }

    public func binary(_ operation: BinaryOperation, _ first: Tensor, _ second: Tensor) throws -> Tensor {
        let name = begin(operation.rawValue)
        switch operation {
        case .add: return try combine(first, second, name) { $0 + $1 }
        case .subtract: return try combine(first, second, name) { $0 - $1 }
        case .multiply: return try combine(first, second, name) { $0 * $1 }
        case .divide: return try combine(first, second, name) { $0 / $1 }
        // NaN if either is NaN: a broken loss must not look healthy.
        case .minimum: return try combine(first, second, name) { $0 < $1 || $0.isNaN ? $0 : $1 }
        case .maximum: return try combine(first, second, name) { $0 > $1 || $0.isNaN ? $0 : $1 }
        case .power: return try combine(first, second, name) { pow($0, $1) }
        case .greaterOrEqual: return try combine(first, second, name) { $0 >= $1 ? 1 : 0 }
        }
    }

    public func affine(_ input: Tensor, scale: Float, shift: Float) throws -> Tensor {
        try map(input, begin("affine")) { scale * $0 + shift }
    }

    public func accumulate(_ input: Tensor, scale: Float, into destination: Tensor) throws {
        let operation = begin("accumulate")
        try Expect.sameElements(input, destination, "input and destination", operation: operation)
        let x = try floats(input, "the input", operation)
        let y = try mutableFloats(destination, "the destination", operation)
        Parallel.forEachRange(of: input.count) { range in
            for i in range { y[i] += scale * x[i] }
        }
    }

    public func leakyReLU(_ input: Tensor, negativeSlope: Float) throws -> Tensor {
        try map(input, begin("leakyReLU")) { $0 > 0 ? $0 : negativeSlope * $0 }
    }

    public func leakyReLUGradient(_ outputGradient: Tensor, input: Tensor, negativeSlope: Float) throws -> Tensor {
        let operation = begin("leakyReLUGradient")
        try Expect.shape(outputGradient, input.shape, "the output gradient", operation: operation)
        return try combine(outputGradient, input, operation) { $0 * ($1 > 0 ? 1 : negativeSlope) }
    }

    /// `function(x)` for each element.
    @inline(__always)
    private func map(_ input: Tensor, _ operation: String, _ function: (Float) -> Float) throws -> Tensor {
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats(input.shape)
        Parallel.forEachRange(of: input.count) { range in
            for i in range { y[i] = function(x[i]) }
        }
        return output
    }

    /// `function(a, b)` for each element of `first`, `second` being repeated over it.
    @inline(__always)
    private func combine(
        _ first: Tensor, _ second: Tensor, _ operation: String, _ function: (Float, Float) -> Float
    ) throws -> Tensor {
        let broadcast = try Broadcast(first: first.shape, second: second.shape, operation: operation)
        let a = try floats(first, "the first operand", operation)
        let b = try floats(second, "the second operand", operation)
        let (output, y) = try makeFloats(first.shape)
        let (rows, columns) = (first.shape.rows, first.shape.columns)
        switch broadcast {
        case .elementwise:
            Parallel.forEachRange(of: first.count) { range in
                for i in range { y[i] = function(a[i], b[i]) }
            }
        case .scalar:
            Parallel.forEachRange(of: first.count) { range in
                for i in range { y[i] = function(a[i], b[0]) }
            }
        case .row:
            Parallel.forEachRowRange(of: rows, columns: columns) { range in
                for row in range {
                    let start = row * columns
                    for column in 0..<columns { y[start + column] = function(a[start + column], b[column]) }
                }
            }
        case .column:
            Parallel.forEachRowRange(of: rows, columns: columns) { range in
                for row in range {
                    let start = row * columns
                    for i in start..<start + columns { y[i] = function(a[i], b[row]) }
                }
            }
        }
        return output
    }
}
