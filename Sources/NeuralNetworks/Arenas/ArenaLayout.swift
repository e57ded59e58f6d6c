import Tensors

/// Where named tensors lie in one flat tensor, and how that tensor is exchanged with files.
///
/// One flat tensor lets an optimizer or a moving average go over a whole network in one launch.
public struct ArenaLayout: Hashable, Sendable {
    /// A tensor's place.
    public struct Entry: Hashable, Sendable {
        /// What lies there.
        public let declaration: TensorDeclaration
        /// Its first element.
        public let start: Int
    }

    /// Every tensor starts at a multiple of so many elements (64 bytes), so that kernels may load wide vectors.
    /// The gaps hold zeros, and every update leaves them zero.
    static let alignment = 16

    /// The tensors, in the order of their places.
    public let entries: [Entry]
    /// Elements of the flat tensor, gaps included.
    public let elementCount: Int

    init(_ declarations: [TensorDeclaration]) {
        var end = 0
        entries = declarations.map { declaration in
            defer {
                let next = end + declaration.shape.count
                end = (next + Self.alignment - 1) / Self.alignment * Self.alignment
            }
            return Entry(declaration: declaration, start: end)
        }
        elementCount = end
    }

    /// A flat tensor holding each entry's first values, drawn from the stream of `seed` that its ordinal names.
    func makeInitialValues(seed: UInt64, on backend: any Backend) throws -> Tensor {
        let values = flattened { declaration in
            let stream = RandomStream(
                seed: seed, purpose: .initialization, step: UInt32(truncatingIfNeeded: declaration.ordinal))
            return declaration.initialization.values(count: declaration.shape.count, from: stream)
        }
        return try backend.tensor(values, try Shape([elementCount]))
    }

    /// A flat tensor of zeros: gradients, velocities, moments.
    func makeZeros(on backend: any Backend) throws -> Tensor {
        try backend.tensor(repeating: 0, Shape([elementCount]))
    }

    private func flattened(_ values: (_ declaration: TensorDeclaration) -> [Float]) -> [Float] {
        var flat = [Float](repeating: 0, count: elementCount)
        for entry in entries {
            let part = values(entry.declaration)
            flat.replaceSubrange(entry.start..<entry.start + part.count, with: part)
        }
        return flat
    }

    /// The view of `flat` that belongs to `entry`.
    func view(of flat: Tensor, for entry: Entry) throws -> Tensor {
        try flat.view(at: entry.start, shape: entry.declaration.shape)
    }

    /// Everything that `flat` holds, by name, in the files' layouts. Waits for the device once.
    public func read(_ flat: Tensor, on backend: any Backend) throws -> [String: HostTensor] {
        let values = try backend.read(flat).floats
        return try Dictionary(
            uniqueKeysWithValues: entries.map { entry in
                let declaration = entry.declaration
                let part = Array(values[entry.start..<entry.start + declaration.shape.count])
                return (
                    declaration.name,
                    try HostTensor(
                        declaration.fileLayout.fileOrder(part, shape: declaration.shape),
                        shape: declaration.fileShape)
                )
            })
    }

    /// Writes tensors in the files' layouts into `flat`. Nothing is written unless all are there and fit.
    ///
    /// - Throws: `NetworkError.stateMismatch` naming what is missing, unexpected or of another shape.
    public func write(_ tensors: [String: HostTensor], into flat: Tensor, on backend: any Backend) throws {
        try check(tensors)
        let values = flattened { declaration in
            guard let tensor = tensors[declaration.name] else { return [] }
            return declaration.fileLayout.deviceOrder(tensor.floats, shape: declaration.shape)
        }
        try values.withUnsafeBytes { try backend.write($0, into: flat) }
    }

    /// - Throws: `NetworkError.stateMismatch` unless the names and shapes are exactly those of the entries.
    func check(_ tensors: [String: HostTensor]) throws {
        var missing: [String] = []
        var misshaped: [NetworkError.Misshaped] = []
        for declaration in entries.map(\.declaration) {
            let expected = declaration.fileShape
            guard let tensor = tensors[declaration.name] else {
                missing.append(declaration.name)
                continue
            }
            if tensor.shape != expected || tensor.elementType != .float32 {
                misshaped.append(
                    .init(
                        name: declaration.name, expected: expected, found: tensor.shape,
                        foundElementType: tensor.elementType))
            }
        }
        let unexpected = Set(tensors.keys).subtracting(entries.map(\.declaration.name)).sorted()
        guard missing.isEmpty, unexpected.isEmpty, misshaped.isEmpty else {
            throw NetworkError.stateMismatch(missing: missing, unexpected: unexpected, misshaped: misshaped)
        }
    }
}
