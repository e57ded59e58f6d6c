/// How the second operand of a pointwise operation is repeated over the first.
public enum Broadcast: Hashable, Sendable {
    /// Both have the same shape.
    case elementwise
    /// `[K]` over the innermost dimension: a bias, a prior over classes.
    case row
    /// `[N, 1]` over a first operand of N rows: a weight for each sample.
    case column
    /// `[1]` over everything.
    case scalar

    /// - Throws: `TensorError.invalidArgument` if `second` cannot be repeated over `first`.
    public init(first: Shape, second: Shape, operation: String) throws {
        if first == second {
            self = .elementwise
        } else if second.count == 1 {
            self = .scalar
        } else if second.rank == 1, second[0] == first.columns {
            self = .row
        } else if second.rank == 2, second[0] == first.rows, second[1] == 1 {
            self = .column
        } else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(second) cannot be repeated over \(first)")
        }
    }
}
