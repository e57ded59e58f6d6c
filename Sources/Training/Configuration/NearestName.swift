/// Finds the name that a person most likely meant.
enum NearestName {
    /// The candidate with the fewest edits from `name`, or nil if none is close (more than a third of it differs).
    static func to(_ name: String, among candidates: some Sequence<String>) -> String? {
        let nearest = candidates.sorted()
            .map { (candidate: $0, distance: editDistance(name, $0)) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= max(2, nearest.candidate.count / 3) else { return nil }
        return nearest.candidate
    }

    /// Insertions, deletions and replacements that turn `first` into `second` (Levenshtein).
    private static func editDistance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var distances = Array(0...second.count)
        for (row, character) in first.enumerated() {
            var diagonal = distances[0]
            distances[0] = row + 1
            for column in second.indices {
                let replaced = diagonal + (character == second[column] ? 0 : 1)
                diagonal = distances[column + 1]
                distances[column + 1] = min(replaced, diagonal + 1, distances[column] + 1)
            }
        }
        return distances[second.count]
    }
}
