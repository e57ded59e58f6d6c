import Tensors

/// Distribution alignment with the labelled images' distribution: what is predicted too often of late becomes less
/// probable. The average is over the last steps, one row each in a ring on the device.
///
/// Source: Berthelot et al., "ReMixMatch", ICLR 2020, section 3.1.
final class WindowedAlignment {
    /// a, `[K]`: `π_k^power`, scaled to the sum 1, plus ε.
    private let target: Tensor
    private let epsilon: Float
    /// `[capacity, K]`: each step's mean probabilities; zeros in rows not yet used.
    private let rows: Tensor
    /// How many steps there have been, at most the capacity.
    private var count = 0
    private var nextRow = 0
    private let backend: any Backend

    private var capacity: Int { rows.shape.rows }

    init(_ options: ReMixMatchOptions, at site: MethodSite) throws {
        backend = site.backend
        epsilon = Float(options.alignmentEpsilon)
        target = try backend.affine(
            site.prior.tempered(by: options.alignmentPower, on: backend), scale: 1, shift: epsilon)
        rows = try backend.tensor(
            repeating: 0, try Shape([options.alignmentQueue, site.prior.classes]))
    }

    /// `p_k (a_k + ε) / (avg_k + ε)`, rows divided by their sums; the average is that of this step too. `[N, K]`.
    func align(_ probabilities: Tensor) throws -> Tensor {
        let mean = try backend.columnMeans(probabilities)
        try backend.copy(mean, into: rows.slice(nextRow..<nextRow + 1))
        nextRow = (nextRow + 1) % capacity
        count = min(count + 1, capacity)

        let sums = try backend.makeTensor(mean.shape, .float32)
        try backend.columnSums(rows, into: sums)
        let average = try backend.affine(sums, scale: 1 / Float(count), shift: epsilon)
        let products = try backend.binary(
            .multiply, probabilities, backend.binary(.divide, target, average))
        return try backend.binary(.divide, products, backend.rowSums(products))
    }

    /// What a checkpoint holds. Waits.
    func state() throws -> [String: HostTensor] {
        [
            "alignment_rows": try backend.read(rows),
            "alignment_position": try HostTensor([Int32(count), Int32(nextRow)], shape: [2]),
        ]
    }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        try reader.take("alignment_rows", into: rows, on: backend)
        let position = try reader.take("alignment_position", [2], .int32).integers().map(Int.init)
        guard (0...capacity).contains(position[0]), (0..<capacity).contains(position[1]) else {
            throw MethodError.invalidState(name: "alignment_position", problem: "is beyond the rows that are kept")
        }
        count = position[0]
        nextRow = position[1]
    }
}
