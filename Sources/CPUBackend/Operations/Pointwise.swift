import Foundation
import Tensors

extension CPUBackend {
    /// The element's function by the C library's float routines.
    public func unary(_ operation: UnaryOperation, _ input: Tensor) throws -> Tensor {
        let name = begin(operation.rawValue)
        switch operation {
        case .exponential: return try map(input, name) { $0.apply { exp($0) } }
        case .logarithm: return try map(input, name) { $0.apply { log($0) } }
        case .squareRoot: return try map(input, name) { $0.apply { $0.squareRoot() } }
        }
    }

    /// Minimum and maximum are NaN if either element is: a broken loss must not look healthy.
    public func binary(_ operation: BinaryOperation, _ first: Tensor, _ second: Tensor) throws -> Tensor {
        let name = operation.rawValue
        if first.elementType == .float16 {
            let broadcast = try Broadcast(first: first.shape, second: second.shape, operation: name)
            let result = try binary(
                operation, widened(first, "the first operand", name),
                broadcast == .elementwise ? widened(second, "the second operand", name) : second)
            return try narrowed(result, name)
        }
        _ = begin(name)
        switch operation {
        case .add: return try combine(first, second, name) { $0.apply { $0 + $1 } }
        case .subtract: return try combine(first, second, name) { $0.apply { $0 - $1 } }
        case .multiply: return try combine(first, second, name) { $0.apply { $0 * $1 } }
        case .divide: return try combine(first, second, name) { $0.apply { $0 / $1 } }
        case .minimum: return try combine(first, second, name) { $0.apply { $0 < $1 || $0.isNaN ? $0 : $1 } }
        case .maximum: return try combine(first, second, name) { $0.apply { $0 > $1 || $0.isNaN ? $0 : $1 } }
        case .power: return try combine(first, second, name) { $0.apply { pow($0, $1) } }
        case .greaterOrEqual: return try combine(first, second, name) { $0.apply { $0 >= $1 ? 1 : 0 } }
        }
    }

    /// A copy, each element rounded if it becomes shorter.
    public func convert(_ input: Tensor, to elementType: ElementType) throws -> Tensor {
        let operation = begin("convert")
        try Expect.activations(input, "the input", operation: operation)
        switch (input.elementType, elementType) {
        case (.float32, .float16): return try narrowed(input, operation)
        case (.float16, .float32): return try widened(input, "the input", operation)
        default:
            let output = try makeTensor(input.shape, elementType)
            try Expect.activations(output, "the output", operation: operation)
            try copy(input, into: output)
            return output
        }
    }

    /// `scale · x + shift` for each element.
    public func affine(_ input: Tensor, scale: Float, shift: Float) throws -> Tensor {
        try map(input, begin("affine")) { $0.apply { scale * $0 + shift } }
    }

    /// `destination += scale · input`, in place.
    public func accumulate(_ input: Tensor, scale: Float, into destination: Tensor) throws {
        let operation = begin("accumulate")
        try Expect.sameElements(input, destination, "input and destination", operation: operation)
        let x = try floats(input, "the input", operation)
        let y = try mutableFloats(destination, "the destination", operation)
        Parallel.forEachRange(of: input.count) { range in
            for i in range { y[i] += scale * x[i] }
        }
    }

    /// `x > 0 ? x : negativeSlope · x`.
    public func leakyReLU(_ input: Tensor, negativeSlope: Float) throws -> Tensor {
        let operation = "leakyReLU"
        if input.elementType == .float16 {
            let output = try leakyReLU(widened(input, "the input", operation), negativeSlope: negativeSlope)
            return try narrowed(output, operation)
        }
        try Expect.activations(input, "the input", operation: begin(operation))
        return try map(input, operation) { $0.apply { $0 > 0 ? $0 : negativeSlope * $0 } }
    }

    /// `outputGradient · (x > 0 ? 1 : negativeSlope)`.
    public func leakyReLUGradient(_ outputGradient: Tensor, input: Tensor, negativeSlope: Float) throws -> Tensor {
        let operation = "leakyReLUGradient"
        if input.elementType == .float16 {
            let inputGradient = try leakyReLUGradient(
                widened(outputGradient, "the output gradient", operation),
                input: widened(input, "the input", operation), negativeSlope: negativeSlope)
            return try narrowed(inputGradient, operation)
        }
        _ = begin(operation)
        try Expect.activations(input, "the input", operation: operation)
        try Expect.activations(outputGradient, input.shape, as: input, "the output gradient", operation: operation)
        return try combine(outputGradient, input, operation) { $0.apply { $0 * ($1 > 0 ? 1 : negativeSlope) } }
    }

    /// A tensor of the input's shape, computed a run of elements at a time.
    private func map(_ input: Tensor, _ operation: String, _ compute: (UnaryRun) -> Void) throws -> Tensor {
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats(input.shape)
        Parallel.forEachRange(of: input.count) { range in
            compute(UnaryRun(x: x + range.lowerBound, y: y + range.lowerBound, count: range.count))
        }
        return output
    }

    /// A tensor of the first operand's shape, `second` being repeated over it, computed a run of elements at a time.
    private func combine(
        _ first: Tensor, _ second: Tensor, _ operation: String, _ compute: (BinaryRun) -> Void
    ) throws -> Tensor {
        let broadcast = try Broadcast(first: first.shape, second: second.shape, operation: operation)
        try Expect.activations(first, "the first operand", operation: operation)
        let a = try floats(first, "the first operand", operation)
        let b = try floats(second, "the second operand", operation)
        let (output, y) = try makeFloats(first.shape)
        func run(from start: Int, count: Int, b: UnsafePointer<Float>, repeatsB: Bool) {
            compute(BinaryRun(a: a + start, b: b, repeatsB: repeatsB, y: y + start, count: count))
        }
        let (rows, columns) = (first.shape.rows, first.shape.columns)
        switch broadcast {
        case .elementwise:
            Parallel.forEachRange(of: first.count) { range in
                run(from: range.lowerBound, count: range.count, b: b + range.lowerBound, repeatsB: false)
            }
        case .scalar:
            Parallel.forEachRange(of: first.count) { range in
                run(from: range.lowerBound, count: range.count, b: b, repeatsB: true)
            }
        case .row:
            Parallel.forEachRowRange(of: rows, columns: columns) { range in
                for row in range { run(from: row * columns, count: columns, b: b, repeatsB: false) }
            }
        case .column:
            Parallel.forEachRowRange(of: rows, columns: columns) { range in
                for row in range { run(from: row * columns, count: columns, b: b + row, repeatsB: true) }
            }
        }
        return output
    }
}

/// Consecutive elements of a tensor and of the result.
private struct UnaryRun {
    let x: UnsafePointer<Float>
    let y: UnsafeMutablePointer<Float>
    let count: Int

    /// Inlined where the function is written, so that the loop can use vector instructions.
    @inline(__always)
    func apply(_ function: (Float) -> Float) {
        for i in 0..<count { y[i] = function(x[i]) }
    }
}

/// Consecutive elements of two operands and of the result; the second operand may be one element, repeated.
private struct BinaryRun {
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let repeatsB: Bool
    let y: UnsafeMutablePointer<Float>
    let count: Int

    /// Inlined where the function is written, so that the loops can use vector instructions.
    @inline(__always)
    func apply(_ function: (Float, Float) -> Float) {
        if repeatsB {
            let b = b[0]
            for i in 0..<count { y[i] = function(a[i], b) }
        } else {
            for i in 0..<count { y[i] = function(a[i], b[i]) }
        }
    }
}
