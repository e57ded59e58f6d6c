/// Sums, in a fixed order, and the position of the largest.
/// An implementation must pass the parity rows of these names and the golden vectors `argmax_rows_*`.
public protocol ReductionOperations: AnyObject {
    /// `[…, K]` → `sums` `[K]`: the sum of each column over all rows. The gradient of a bias.
    func columnSums(_ input: Tensor, into sums: Tensor) throws

    /// `[…, K]` of N rows → `[N, 1]`: the sum of each row.
    func rowSums(_ input: Tensor) throws -> Tensor

    /// `[1]`: the sum of all elements, times `scale`.
    func sum(_ input: Tensor, scale: Float) throws -> Tensor

    /// `[N, K]` → the column of each row's largest element (int32 `[N]`; of equal ones the lowest) and the element
    /// itself (`[N]`). Elements may be minus infinity.
    func argmaxRows(_ input: Tensor) throws -> (indices: Tensor, values: Tensor)
}
