import Tensors

/// The classes' mean predicted probabilities over the steps so far, as an exponential moving average: an estimate of how
/// the unlabelled images are distributed. All of it stays on the device.
final class RunningDistribution {
    /// What it is before the first update.
    enum Start {
        /// 1/K each, which the first update moves like any other.
        case uniform
        /// Zeros, which the first update replaces.
        case firstUpdate
    }

    /// Q, `[K]`.
    private(set) var shares: Tensor
    private let start: Start
    private var isEmpty: Bool
    private let backend: any Backend

    init(classes: Int, start: Start, on backend: any Backend) throws {
        self.start = start
        self.backend = backend
        isEmpty = start == .firstUpdate
        shares = try backend.tensor(repeating: isEmpty ? 0 : 1 / Float(classes), try Shape([classes]))
    }

    /// `Q ← decay · Q + (1 − decay) · mean_b p_b` over the rows of `probabilities` `[N, K]`.
    ///
    /// - Parameter isLeftOut: rows that do not count; empty for none. Where none counts Q stays.
    /// - Throws: `MethodError.invalidInput` if it is for another number of rows.
    func update(with probabilities: Tensor, decay: Double, leavingOut isLeftOut: [Bool] = []) throws {
        let rows = probabilities.shape.rows
        guard isLeftOut.isEmpty || isLeftOut.count == rows else {
            throw MethodError.invalidInput(
                name: "labelled copies", problem: "has \(isLeftOut.count) entries for \(rows) unlabelled rows")
        }
        let counted = rows - isLeftOut.count { $0 }
        guard counted > 0 else { return }
        var summands = probabilities
        if counted < rows {
            let weights = try backend.tensor(isLeftOut.map { $0 ? 0 : 1 } as [Float], try Shape([rows, 1]))
            summands = try backend.binary(.multiply, probabilities, weights)
        }
        let sums = try backend.makeTensor(shares.shape, .float32)
        try backend.columnSums(summands, into: sums)
        let mean = try backend.affine(sums, scale: 1 / Float(counted), shift: 0)
        if isEmpty {
            try backend.copy(mean, into: shares)
            isEmpty = false
        } else {
            try backend.exponentialMovingAverage(shares, of: mean, decay: Float(decay))
        }
    }

    /// `Q ← kept · Q + added / K`: what the mean of all N·K probabilities, which is 1/K, makes of it.
    func updateAsIfUniform(keeping kept: Double, adding added: Double) throws {
        shares = try backend.affine(shares, scale: Float(kept), shift: Float(added / Double(shares.count)))
    }

    /// Distribution alignment: `p_k (target_k + ε) / (Q_k + ε)`, rows divided by their sums.
    ///
    /// Source: Berthelot et al., "ReMixMatch", ICLR 2020, section 3.1.
    ///
    /// - Parameters:
    ///   - probabilities: `[N, K]`.
    ///   - target: `[K]`.
    func align(_ probabilities: Tensor, with target: Tensor, epsilon: Double) throws -> Tensor {
        let ratios = try backend.binary(
            .divide, try backend.affine(target, scale: 1, shift: Float(epsilon)),
            try backend.affine(shares, scale: 1, shift: Float(epsilon)))
        let products = try backend.binary(.multiply, probabilities, ratios)
        return try backend.binary(.divide, products, try backend.rowSums(products))
    }

    /// `log Q`, `[K]`; finite even for a class that is never predicted.
    func logarithms() throws -> Tensor {
        let smallest = try backend.tensor(repeating: .leastNormalMagnitude, [1])
        return try backend.unary(.logarithm, try backend.binary(.maximum, shares, smallest))
    }

    /// What a checkpoint holds. Waits.
    func state() throws -> [String: HostTensor] {
        ["distribution": try backend.read(shares)]
    }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        let saved = try reader.take("distribution", shares.shape, .float32)
        guard saved.floats.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw MethodError.invalidState(name: "distribution", problem: "is not made of shares")
        }
        try saved.bytes.withUnsafeBytes { try backend.write($0, into: shares) }
        isEmpty = start == .firstUpdate && saved.floats.allSatisfy { $0 == 0 }
    }
}
