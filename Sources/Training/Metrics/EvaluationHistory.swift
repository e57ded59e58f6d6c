/// A sequence of evaluations of one number, and the ways in which papers report it.
public struct EvaluationHistory: Hashable, Sendable {
    /// The values in the order of the evaluations.
    public private(set) var values: [Double]

    /// Starts with the given evaluations.
    public init(_ values: [Double] = []) {
        self.values = values
    }

    /// Adds an evaluation.
    public mutating func append(_ value: Double) {
        values.append(value)
    }

    /// The newest value; nil before the first.
    public var last: Double? { values.last }

    /// The largest value; nil before the first.
    public var best: Double? { values.max() }

    /// The mean of the newest `count` values, or of all if there are fewer; nil before the first.
    public func meanOfLast(_ count: Int) -> Double? {
        let chosen = values.suffix(count)
        return chosen.isEmpty ? nil : chosen.reduce(0, +) / Double(chosen.count)
    }

    /// The median of the newest `count` values, or of all if there are fewer: what DASO reports, with 20. Of an even
    /// number the mean of the middle two. Nil before the first.
    public func medianOfLast(_ count: Int) -> Double? {
        values.suffix(count).median
    }
}
