import Tensors

/// Makes confident probabilities more so: `p^(1/T)`, rows divided by their sums.
///
/// Source: Berthelot et al., "MixMatch", NeurIPS 2019, equation 7.
struct Sharpening {
    /// `1 / T`, `[1]`.
    private let exponent: Tensor
    private let backend: any Backend

    init(temperature: Double, on backend: any Backend) throws {
        exponent = try backend.tensor([Float(1 / temperature)], [1])
        self.backend = backend
    }

    /// `[N, K]` → `[N, K]`.
    func callAsFunction(_ probabilities: Tensor) throws -> Tensor {
        // Relative to the row's largest, so that small temperatures do not make all of a row 0.
        let rows = try Shape([probabilities.shape.rows, 1])
        let largest = try backend.argmaxRows(probabilities).values.reshaped(to: rows)
        let powers = try backend.binary(
            .power, backend.binary(.divide, probabilities, largest), exponent)
        return try backend.binary(.divide, powers, backend.rowSums(powers))
    }
}
