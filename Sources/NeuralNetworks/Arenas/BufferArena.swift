import Tensors

/// The running statistics of a network, in one flat tensor.
public final class BufferArena {
    /// Where each statistic lies.
    public let layout: ArenaLayout
    /// Every statistic, `[layout.elementCount]`, gaps included.
    public let values: Tensor
    /// Where the arena lies.
    public let backend: any Backend
    private let tensors: [String: Tensor]

    /// An arena of the buffers that `declarations` names, with their first values.
    init(_ declarations: NetworkDeclarations, on backend: any Backend) throws {
        let layout = ArenaLayout(declarations.buffers)
        let values = try layout.makeInitialValues(seed: 0, on: backend)
        self.layout = layout
        self.values = values
        self.backend = backend
        tensors = try Dictionary(
            layout.entries.map { ($0.declaration.name, try layout.view(of: values, for: $0)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The statistic of that name.
    ///
    /// - Throws: `NetworkError.undeclared`.
    public func tensor(_ name: String) throws -> Tensor {
        guard let tensor = tensors[name] else { throw NetworkError.undeclared(name: name) }
        return tensor
    }
}
