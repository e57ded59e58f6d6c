import Tensors

/// Linear layers with a ReLU between them, batch-normalised or not, described; its tensors lie in arenas.
public struct MultiLayerPerceptron: Hashable, Sendable {
    /// The name in files, without `.0.weight`.
    public let name: String
    /// The columns of the input, of each hidden layer, and of the output.
    public let widths: [Int]
    private let linears: [Linear]
    /// One for each linear layer; nil where none follows it.
    private let normalizations: [BatchNormalization?]

    /// Describes a perceptron of `widths.count − 1` linear layers, named as PyTorch's `Sequential` would: `name.0.weight`,
    /// `name.1.weight`, …, a normalization and a ReLU taking a number each.
    ///
    /// - Parameters:
    ///   - widths: the columns of the input, of each hidden layer, and of the output.
    ///   - normalizesHidden: whether each ReLU is preceded by a batch normalization.
    ///   - normalizesOutput: whether the output is batch-normalised. No ReLU follows it.
    /// - Throws: `NetworkError.invalidConfiguration` if there are fewer than two widths or one is not positive.
    public init(_ name: String, widths: [Int], normalizesHidden: Bool, normalizesOutput: Bool) throws {
        guard widths.count >= 2, widths.allSatisfy({ $0 >= 1 }) else {
            throw NetworkError.invalidConfiguration(
                problem: "a perceptron needs an input and an output of at least 1 column, its widths are \(widths)")
        }
        self.name = name
        self.widths = widths
        var linears: [Linear] = []
        var normalizations: [BatchNormalization?] = []
        var number = 0
        for (inputs, outputs) in zip(widths, widths.dropFirst()) {
            let isLast = linears.count == widths.count - 2
            linears.append(Linear("\(name).\(number)", from: inputs, to: outputs))
            number += 1
            if isLast ? normalizesOutput : normalizesHidden {
                normalizations.append(
                    BatchNormalization(
                        "\(name).\(number)", channels: outputs, epsilon: 1e-5, momentum: 0.1,
                        negativeSlope: isLast ? 1 : 0))
                number += 1
            } else {
                normalizations.append(nil)
            }
            number += 1
        }
        self.linears = linears
        self.normalizations = normalizations
    }

    /// Declares the layers' tensors. A bias before a normalization changes nothing and learns nothing; it is kept so that
    /// all linear layers are alike.
    public func declare(in declarations: inout NetworkDeclarations) {
        for (linear, normalization) in zip(linears, normalizations) {
            linear.declare(in: &declarations)
            normalization?.declare(in: &declarations)
        }
    }

    /// `[N, widths.first]` → `[N, widths.last]`.
    public func apply(
        to input: Variable, mode: Mode, with tensors: NetworkTensors, on tape: Tape
    ) throws -> Variable {
        var activations = input
        for (index, linear) in linears.enumerated() {
            activations = try linear.apply(to: activations, with: tensors, on: tape)
            if let normalization = normalizations[index] {
                activations = try normalization.apply(to: activations, mode: mode, with: tensors, on: tape)
            } else if index < linears.count - 1 {
                activations = try tape.leakyReLU(activations, negativeSlope: 0)
            }
        }
        return activations
    }
}
