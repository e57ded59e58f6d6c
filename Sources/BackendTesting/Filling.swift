import Tensors

/// What a tensor holds. Drawn from a Philox stream named by the row and the argument, so the same numbers come on every
/// machine and whichever rows are run.
struct Filling: Sendable {
    /// Makes the elements, given those of the arguments before it.
    let make: @Sendable (Shape, inout PhiloxGenerator, [String: HostTensor]) throws -> HostTensor

    /// Independent numbers between the bounds.
    static func uniform(_ range: ClosedRange<Float>) -> Filling {
        each { $0.uniform() * (range.upperBound - range.lowerBound) + range.lowerBound }
    }

    /// Numbers of random sign whose magnitude lies between the bounds: no element is near zero.
    static func awayFromZero(_ magnitudes: ClosedRange<Float>) -> Filling {
        each { generator in
            let magnitude =
                generator.uniform() * (magnitudes.upperBound - magnitudes.lowerBound) + magnitudes.lowerBound
            return generator.uniform() < 0.5 ? -magnitude : magnitude
        }
    }

    /// One of a few values for each element, so that equal elements and exact zeros occur.
    static func anyOf(_ values: [Float]) -> Filling {
        each { values[$0.integer(below: values.count)] }
    }

    /// All elements different, neighbours in size being `spacing` apart, in random order: maxima are clear.
    static func distinct(spacing: Float) -> Filling {
        Filling { shape, generator, _ in
            let order = generator.permutation(of: shape.count)
            return try HostTensor(order.map { (Float($0) - Float(shape.count) / 2) * spacing }, shape: shape)
        }
    }

    /// Rows of positive numbers that add up to 1.
    static let probabilities = Filling { shape, generator, _ in
        var values: [Float] = []
        for _ in 0..<shape.rows {
            let weights = (0..<shape.columns).map { _ in generator.uniform() + 0.05 }
            let sum = weights.reduce(0, +)
            values += weights.map { $0 / sum }
        }
        return try HostTensor(values, shape: shape)
    }

    /// Rows with a single 1, the rest being 0.
    static let oneHot = Filling { shape, generator, _ in
        var values = [Float](repeating: 0, count: shape.count)
        for row in 0..<shape.rows { values[row * shape.columns + generator.integer(below: shape.columns)] = 1 }
        return try HostTensor(values, shape: shape)
    }

    /// The same number everywhere.
    static func constant(_ value: Float) -> Filling {
        each { _ in value }
    }

    /// 32-bit integers within the bounds.
    static func integers(_ range: ClosedRange<Int>) -> Filling {
        Filling { shape, generator, _ in
            let values = (0..<shape.count).map { _ in
                Int32(range.lowerBound + generator.integer(below: range.count))
            }
            return try HostTensor(values, shape: shape)
        }
    }

    /// Any bytes.
    static let bytes = Filling { shape, generator, _ in
        try HostTensor(
            shape: shape, elementType: .uint8,
            bytes: (0..<shape.count).map { _ in UInt8(generator.integer(below: 256)) })
    }

    /// Distinct 32-bit integers below `bound`, some of them replaced by −1.
    static func distinctIntegers(below bound: Int) -> Filling {
        Filling { shape, generator, _ in
            let order = generator.permutation(of: bound)
            let values = (0..<shape.count).map { index in
                generator.uniform() < 0.2 ? -1 : Int32(order[index])
            }
            return try HostTensor(values, shape: shape)
        }
    }

    /// A function of the arguments before it.
    static func computed(_ compute: @escaping @Sendable ([String: HostTensor]) throws -> [Float]) -> Filling {
        Filling { shape, _, previous in try HostTensor(compute(previous), shape: shape) }
    }

    /// The same numbers as activations of the given type: rounded where that is float16.
    func stored(as type: ElementType) -> Filling {
        guard type == .float16 else { return self }
        return Filling { shape, generator, previous in
            try HostTensor(halves: self.make(shape, &generator, previous).floats, shape: shape)
        }
    }

    private static func each(_ next: @escaping @Sendable (inout PhiloxGenerator) -> Float) -> Filling {
        Filling { shape, generator, _ in
            try HostTensor((0..<shape.count).map { _ in next(&generator) }, shape: shape)
        }
    }
}
