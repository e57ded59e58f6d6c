/// How many rows, and how large.
public enum Suite: String, Hashable, Sendable, CaseIterable {
    /// Tiny problems for an interpreter of kernels such as Oclgrind, which finds races and accesses out of bounds. Each
    /// operation has a problem whose result takes a round number of bytes (64 elements, or 80), so that no rounding up of
    /// buffers hides a write behind it.
    case small
    /// The small ones and more: odd extents, vector widths and their neighbours, several tiles.
    case standard
    /// The shapes of WideResNet-28-2 on 64 images of 32×32×3: for timing, not for checking.
    case bench

    /// The operations' rows.
    public var rows: [OperationRow] {
        MemoryRows.rows(self) + ConvolutionRows.rows(self) + NormalizationRows.rows(self) + PoolingRows.rows(self)
            + MatrixRows.rows(self) + PointwiseRows.rows(self) + ReductionRows.rows(self) + SoftmaxRows.rows(self)
            + PrototypeRows.rows(self) + SelectionRows.rows(self) + OptimizerRows.rows(self) + RandomRows.rows(self)
            + AugmentationRows.rows(self)
    }

    /// The rows of the finite-difference check; the same for every suite but ``bench``.
    public var gradientRows: [GradientRow] {
        guard self != .bench else { return [] }
        return ConvolutionRows.gradients + NormalizationRows.gradients + PoolingRows.gradients
            + MatrixRows.gradients + PointwiseRows.gradients + SoftmaxRows.gradients + PrototypeRows.gradients
            + SelectionRows.gradients
    }

    /// The mistakes that every backend must refuse.
    public var refusalRows: [RefusalRow] {
        guard self != .bench else { return [] }
        return MemoryRows.refusals + ConvolutionRows.refusals + NormalizationRows.refusals + PoolingRows.refusals
            + MatrixRows.refusals + PointwiseRows.refusals + ReductionRows.refusals + SoftmaxRows.refusals
            + PrototypeRows.refusals + SelectionRows.refusals + OptimizerRows.refusals
            + AugmentationRows.refusals
    }

    /// The small problems; with the suite ``standard`` the larger ones as well; for ``bench`` its own.
    func choose<Problem>(small: [Problem], standard: [Problem], bench: [Problem] = []) -> [Problem] {
        switch self {
        case .small: small
        case .standard: small + standard
        case .bench: bench
        }
    }
}
