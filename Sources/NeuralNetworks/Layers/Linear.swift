import Tensors

/// A linear layer, described; its weight and bias lie in the network's arenas.
public struct Linear: Hashable, Sendable {
    /// The name in files, without `.weight`.
    public let name: String
    /// Columns of the input.
    public let inputs: Int
    /// Columns of the output.
    public let outputs: Int

    /// Describes a layer.
    public init(_ name: String, from inputs: Int, to outputs: Int) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
    }

    /// Declares the weight, by Glorot's initialisation, and a bias of zeros.
    public func declare(in declarations: inout NetworkDeclarations) {
        declarations.weight(
            "\(name).weight", [outputs, inputs], .xavierNormal(inputs: inputs, outputs: outputs))
        declarations.scaleOrBias("\(name).bias", [outputs], .constant(0))
    }

    /// `[N, inputs]` → `[N, outputs]`.
    public func apply(to input: Variable, with tensors: NetworkTensors, on tape: Tape) throws -> Variable {
        let (weight, bias) = try variables(in: tensors)
        return try tape.linear(input, weight: weight, bias: bias)
    }

    /// `[outputs, inputs]` and `[outputs]`.
    public func variables(in tensors: NetworkTensors) throws -> (weight: Variable, bias: Variable) {
        (try tensors.parameters.variable("\(name).weight"), try tensors.parameters.variable("\(name).bias"))
    }

    /// The names of its weight and its bias.
    public var parameterNames: Set<String> { ["\(name).weight", "\(name).bias"] }

    /// Two for each multiply-add.
    func floatingPointOperations(rows: Int) -> Int { 2 * rows * inputs * outputs }
}
