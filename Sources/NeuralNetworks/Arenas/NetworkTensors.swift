import Tensors

/// The parameters and running statistics of one network: what its layers, which only describe, compute with.
public struct NetworkTensors {
    /// Everything that learns.
    public let parameters: ParameterArena
    /// The running statistics.
    public let buffers: BufferArena

    /// Makes what `declarations` names, with first values drawn from `seed`.
    ///
    /// - Throws: `NetworkError.invalidConfiguration` if a name is declared twice.
    public init(_ declarations: NetworkDeclarations, seed: UInt64, on backend: any Backend) throws {
        var names: Set<String> = []
        for declaration in declarations.weights + declarations.scalesAndBiases + declarations.buffers {
            guard names.insert(declaration.name).inserted else {
                throw NetworkError.invalidConfiguration(problem: "two tensors are named \(declaration.name)")
            }
        }
        parameters = try ParameterArena(declarations, seed: seed, on: backend)
        buffers = try BufferArena(declarations, on: backend)
    }

    /// Takes over the values of another network of the same architecture.
    ///
    /// - Throws: `TensorError.invalidArgument` if the sizes differ.
    public func copyValues(from other: NetworkTensors) throws {
        try parameters.backend.copy(other.parameters.values, into: parameters.values)
        try parameters.backend.copy(other.buffers.values, into: buffers.values)
    }

    /// Parameters and running statistics by name, in PyTorch's layouts: what a weights file holds. Waits.
    public func stateDictionary() throws -> [String: HostTensor] {
        let parameterTensors = try parameters.layout.read(parameters.values, on: parameters.backend)
        let bufferTensors = try buffers.layout.read(buffers.values, on: buffers.backend)
        return parameterTensors.merging(bufferTensors) { first, _ in first }
    }

    /// Puts a state dictionary in place: all of it, or nothing.
    /// PyTorch's counters `….num_batches_tracked` are passed over, for nothing here depends on them.
    ///
    /// - Throws: `NetworkError.stateMismatch` naming what is missing, unexpected or of another shape.
    public func load(_ stateDictionary: [String: HostTensor]) throws {
        let tensors = stateDictionary.filter { !$0.key.hasSuffix("num_batches_tracked") }
        try ArenaLayout(
            parameters.layout.entries.map(\.declaration) + buffers.layout.entries.map(\.declaration)
        ).check(tensors)
        let bufferNames = Set(buffers.layout.entries.map(\.declaration.name))
        try parameters.layout.write(
            tensors.filter { !bufferNames.contains($0.key) }, into: parameters.values, on: parameters.backend)
        try buffers.layout.write(
            tensors.filter { bufferNames.contains($0.key) }, into: buffers.values, on: buffers.backend)
    }
}
