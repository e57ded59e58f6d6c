/// Operations that pick, place and group the rows of matrices by int32 indices.
/// An index outside its range is the caller's mistake; an implementation must not touch memory outside its tensors
/// (a gathered row becomes zeros, a scattered one is dropped).
/// An implementation must pass the parity rows of these names and the golden vectors `gather_rows_*`, `segment_mean_*`.
public protocol RowOperations: AnyObject {
    /// `y_i = x[indices_i]`: `[R, D]` and `[N]` → `[N, D]`.
    func gatherRows(_ input: Tensor, indices: Tensor) throws -> Tensor

    /// The gradient of ``gatherRows(_:indices:)``, `[rowCount, D]`: rows that were gathered several times add up, in
    /// ascending order of i.
    func gatherRowsGradient(_ outputGradient: Tensor, indices: Tensor, rowCount: Int) throws -> Tensor

    /// `destination[indices_i] = x_i`, in place; indices are distinct, and −1 means "nowhere".
    func scatterRows(_ input: Tensor, indices: Tensor, into destination: Tensor) throws

    /// The mean of the rows of each label: `[N, D]` and labels `[N]` → `mean` `[classes, D]`, `count` (int32 `[classes]`).
    /// A class without rows gives zeros; rows with a label outside `0..<classes` are left out.
    func segmentMean(_ input: Tensor, labels: Tensor, classes: Int) throws -> (mean: Tensor, count: Tensor)

    /// `[N, classes]`: 1 at the label, 0 elsewhere; a row of zeros for a label outside `0..<classes`.
    func oneHot(_ labels: Tensor, classes: Int) throws -> Tensor

    /// How often each label occurs, as floats `[classes]`; labels outside `0..<classes` are left out.
    func histogram(_ labels: Tensor, classes: Int) throws -> Tensor
}
