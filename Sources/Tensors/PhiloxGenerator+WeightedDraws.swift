extension PhiloxGenerator {
    /// Draws `count` of the indices of `weights`, each in proportion to its weight. Where all weights that can still be
    /// drawn are 0, or none is finite, each of these indices is equally likely.
    ///
    /// - Parameters:
    ///   - weights: not negative.
    ///   - withReplacement: whether an index can be drawn again; if not, at most all of them are drawn.
    public mutating func indices(_ count: Int, weights: [Double], withReplacement: Bool) -> [Int] {
        var drawable = weights.indices.map { (index: $0, weight: weights[$0].isFinite ? max(weights[$0], 0) : 0) }
        var drawn: [Int] = []
        while drawn.count < count, !drawable.isEmpty {
            let position = self.position(drawable.map(\.weight))
            drawn.append(drawable[position].index)
            if !withReplacement { drawable.remove(at: position) }
        }
        return drawn
    }

    /// One position, by inversion of the cumulative weights.
    private mutating func position(_ weights: [Double]) -> Int {
        let total = weights.reduce(0, +)
        guard total > 0 else { return integer(below: weights.count) }
        // 53 bits, so that every one of very many small weights can be reached.
        var remaining = Double(next() >> 11) * 0x1p-53 * total
        var last = 0
        for (position, weight) in weights.enumerated() where weight > 0 {
            if remaining < weight { return position }
            remaining -= weight
            last = position
        }
        return last
    }
}
