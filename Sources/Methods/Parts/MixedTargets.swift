import Tensors

/// The soft labels of mixed rows.
struct MixedTargets {
    /// `[M, K]`, in the order of the mixed rows.
    let all: Tensor
    /// `[B, K]`: those of rows that come from labelled images.
    let labelled: Tensor
    /// `[M − B, K]`: the others.
    let unlabelled: Tensor

    /// - Parameters:
    ///   - labels: one-hot, `[B, K]`.
    ///   - targets: of the unlabelled images, `[Bu, K]`; the same for each of their `views`.
    init(labels: Tensor, targets: Tensor, views: Int, mixing: Mixing, on backend: any Backend) throws {
        let labelledCount = labels.shape.rows
        let rowCount = labelledCount + views * targets.shape.rows
        guard mixing.permutation.count == rowCount else {
            throw MethodError.invalidInput(
                name: "mixing", problem: "permutes \(mixing.permutation.count) rows of \(rowCount)")
        }
        let unmixed = try backend.makeTensor(try Shape([rowCount, labels.shape.columns]), .float32)
        try backend.copy(labels, into: unmixed.slice(0..<labelledCount))
        for view in 0..<views {
            let start = labelledCount + view * targets.shape.rows
            try backend.copy(targets, into: unmixed.slice(start..<start + targets.shape.rows))
        }
        all = try mixing.mixed(unmixed, on: backend)
        labelled = try all.slice(0..<labelledCount)
        unlabelled = try all.slice(labelledCount..<rowCount)
    }
}
