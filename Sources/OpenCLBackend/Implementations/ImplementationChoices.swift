/// Which implementation of its list performs which problem. Found once for each problem: descriptions are compared and
/// devices asked then, not at every launch.
struct ImplementationChoices {
    private struct Key: Hashable {
        let operation: String
        let problem: AnyHashable
    }

    private var indices: [Key: Int] = [:]

    /// The position in the operation's list, which `find` gives the first time.
    mutating func index(
        for problem: some Hashable & Sendable, of operation: String, find: () throws -> Int
    ) rethrows -> Int {
        let key = Key(operation: operation, problem: AnyHashable(problem))
        if let index = indices[key] { return index }
        let index = try find()
        indices[key] = index
        return index
    }

    /// Every operation and problem so far.
    var problems: [(operation: String, problem: AnyHashable)] {
        indices.keys.map { ($0.operation, $0.problem) }
    }
}
