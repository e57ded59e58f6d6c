extension Collection<Double> {
    /// The middle of the sorted values, of an even number of them the mean of the middle two; nil for none.
    public var median: Double? {
        let sorted = sorted()
        return sorted.isEmpty ? nil : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
