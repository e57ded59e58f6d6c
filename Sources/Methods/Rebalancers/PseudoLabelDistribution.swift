import Tensors

/// How often each class has been predicted of late, and what follows for the blend of pseudo-labels.
/// All of it stays on the device. Source: DASO, section 3.3, equation 3.
final class PseudoLabelDistribution {
    private let classes: Int
    private let backend: any Backend
    /// `[K]`: predictions since the last update; whole numbers.
    private let pendingCounts: Tensor
    /// m, `[K]`: zeros until the first update.
    private(set) var distribution: Tensor
    /// v, `[K, 1]`: zeros until the first update, so that nothing is blended.
    private(set) var blendWeights: Tensor
    /// `1 / T_dist`, `[1]`.
    private let exponent: Tensor

    init(classes: Int, temperature: Double, on backend: any Backend) throws {
        self.classes = classes
        self.backend = backend
        pendingCounts = try backend.tensor(repeating: 0, try Shape([classes]))
        distribution = try backend.tensor(repeating: 0, try Shape([classes]))
        blendWeights = try backend.tensor(repeating: 0, try Shape([classes, 1]))
        exponent = try backend.tensor([Float(1 / temperature)], [1])
    }

    /// Counts the labels of one step, int32 `[N]`, whether they are used or not.
    func count(_ labels: Tensor) throws {
        try backend.accumulate(try backend.histogram(labels, classes: classes), scale: 1, into: pendingCounts)
    }

    /// `m = counts / Σ counts`; counting starts anew.
    func update() throws {
        distribution = try backend.binary(.divide, pendingCounts, try backend.sum(pendingCounts, scale: 1))
        try backend.fill(pendingCounts, with: 0)
        try updateBlendWeights()
    }

    /// `v_k = m_k^(1/T) / max_j m_j^(1/T)`, written as `(m_k / max_j m_j)^(1/T)`, which cannot underflow everywhere.
    private func updateBlendWeights() throws {
        let largest = try backend.argmaxRows(try distribution.reshaped(to: try Shape([1, classes]))).values
        let relative = try backend.binary(.divide, distribution, largest)
        blendWeights = try backend.binary(.power, relative, exponent).reshaped(to: try Shape([classes, 1]))
    }

    /// What a checkpoint holds. Waits.
    func state() throws -> [String: HostTensor] {
        [
            "distribution": try backend.read(distribution),
            "pending_counts": try HostTensor(
                backend.read(pendingCounts).floats.map(Int32.init), shape: pendingCounts.shape),
        ]
    }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        let shares = try reader.take("distribution", try Shape([classes]), .float32)
        let counts = try reader.take("pending_counts", try Shape([classes]), .int32)
        guard shares.floats.allSatisfy({ (0...1).contains($0) }), counts.floats.allSatisfy({ $0 >= 0 }) else {
            throw MethodError.invalidState(
                name: "distribution", problem: "or pending_counts is not made of shares or counts")
        }
        distribution = try backend.tensor(shares)
        try counts.floats.withUnsafeBytes { try backend.write($0, into: pendingCounts) }
        if shares.floats.contains(where: { $0 > 0 }) {
            try updateBlendWeights()
        } else {
            try backend.fill(blendWeights, with: 0)
        }
    }
}
