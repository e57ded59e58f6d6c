import Tensors

/// A perceptron on a network's features, in which a self-supervised loss is computed, or one that predicts such
/// projections. It has arenas of its own: an optimizer and a moving average are made for it beside the network's, and
/// once training ends the network's weights are those of an ordinary classifier.
public final class ProjectionHead {
    /// Its layers.
    public let perceptron: MultiLayerPerceptron
    /// Parameters and running statistics.
    public let tensors: NetworkTensors

    /// A head with first values drawn from `seed` and the perceptron's name, the same bits on every backend.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public init(_ perceptron: MultiLayerPerceptron, seed: UInt64, on backend: any Backend) throws {
        self.perceptron = perceptron
        var declarations = NetworkDeclarations()
        perceptron.declare(in: &declarations)
        // First values are drawn by seed and ordinal: without the name, a network's first layers would have the same ones.
        let ownSeed = seed ^ UInt64(RandomStream.sample(named: perceptron.name)) << 32
        tensors = try NetworkTensors(declarations, seed: ownSeed, on: backend)
    }

    /// `[N, D]` → `[N, width of the output]`.
    public func apply(to features: Variable, mode: Mode = .training, on tape: Tape) throws -> Variable {
        try perceptron.apply(to: features, mode: mode, with: tensors, on: tape)
    }

    /// A head of its own with the same values: for a moving average.
    public func twin() throws -> ProjectionHead {
        let twin = try ProjectionHead(perceptron, seed: 0, on: tensors.parameters.backend)
        try twin.tensors.copyValues(from: tensors)
        return twin
    }
}
