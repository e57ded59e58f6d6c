import Tensors

/// How a tensor's first values are drawn: on the host, from a stream of its own, so that every backend starts from the
/// same bits.
public enum Initialization: Hashable, Sendable {
    /// Every element has this value.
    case constant(Float)
    /// Mean 0 and this standard deviation.
    case normal(standardDeviation: Float)
    /// Evenly between −bound and bound.
    case uniform(bound: Float)

    /// He's initialisation by the number of outputs: variance `2 / fanOut`, fanOut being filter rows × columns ×
    /// output channels. Source: He et al. 2015, equation 14.
    public static func kaimingNormal(fanOut: Int) -> Initialization {
        .normal(standardDeviation: Float((2 / Double(fanOut)).squareRoot()))
    }

    /// Glorot's initialisation: variance `2 / (inputs + outputs)`. Source: Glorot and Bengio 2010.
    public static func xavierNormal(inputs: Int, outputs: Int) -> Initialization {
        .normal(standardDeviation: Float((2 / Double(inputs + outputs)).squareRoot()))
    }

    /// `count` values from the beginning of `stream`.
    func values(count: Int, from stream: RandomStream) -> [Float] {
        switch self {
        case .constant(let value):
            return [Float](repeating: value, count: count)
        case .normal(let standardDeviation):
            var generator = PhiloxGenerator(stream)
            var values: [Float] = []
            values.reserveCapacity(count + 1)
            while values.count < count {
                let (first, second) = Philox.normals(generator.nextWord(), generator.nextWord())
                values.append(Float(first * Double(standardDeviation)))
                values.append(Float(second * Double(standardDeviation)))
            }
            return Array(values.prefix(count))
        case .uniform(let bound):
            var generator = PhiloxGenerator(stream)
            return (0..<count).map { _ in (2 * generator.uniform() - 1) * bound }
        }
    }
}
