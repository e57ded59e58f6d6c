/// Rows to be drawn at random, each in proportion to its weight.
public struct RowDraw: Hashable, Sendable {
    /// How many rows.
    public var count: Int
    /// One weight for each row that there is, not negative. If all are 0, rows are equally likely.
    public var weights: [Double]
    /// Whether a row can be drawn more than once.
    public var withReplacement: Bool

    /// What is to be drawn.
    public init(count: Int, weights: [Double], withReplacement: Bool) {
        self.count = count
        self.weights = weights
        self.withReplacement = withReplacement
    }

    /// - Throws: `MethodError.invalidInput` if these are not rows that could have been drawn.
    func check(_ rows: [Int], name: String) throws {
        guard rows.count == count, rows.allSatisfy(weights.indices.contains),
            withReplacement || Set(rows).count == rows.count
        else {
            throw MethodError.invalidInput(
                name: name,
                problem: "is \(rows); it must be \(count) of \(weights.count) rows"
                    + (withReplacement ? "" : ", each at most once"))
        }
    }
}
