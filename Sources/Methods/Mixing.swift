import Tensors

/// How images are mixed in pairs before the network sees them: row i becomes `λ·x_i + (1 − λ)·x_π(i)`.
///
/// Source: Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018.
public struct Mixing {
    /// λ, from 1/2 to 1: one for the whole batch.
    public var weight: Float
    /// π, int32 `[M]`: a permutation of all rows that are mixed.
    public var permutation: Tensor

    /// One step's mixing.
    public init(weight: Float, permutation: Tensor) {
        self.weight = weight
        self.permutation = permutation
    }

    /// `λ·x_i + (1 − λ)·x_π(i)` for the rows of `[M, …]`, float32.
    package func mixed(_ rows: Tensor, on backend: any Backend) throws -> Tensor {
        let matrix = try rows.reshaped(to: Shape([rows.shape[0], rows.count / max(1, rows.shape[0])]))
        let mixed = try backend.affine(matrix, scale: weight, shift: 0)
        try backend.accumulate(
            backend.gatherRows(matrix, indices: permutation), scale: 1 - weight, into: mixed)
        return try mixed.reshaped(to: rows.shape)
    }
}

/// What a method that mixes images needs from the loop.
///
/// A step of such a method: the weak views go through the network first, without gradient; then all rows of the batch, one
/// view after another, are mixed as drawn; then one forward pass sees the mixed rows, and with them the views that the
/// method needs unmixed.
public struct MixingRequirements: Hashable, Sendable {
    /// α: λ is the larger of l and 1 − l with l drawn from Beta(α, α).
    public var concentration: Double
}
