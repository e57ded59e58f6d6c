/// Operations by devices: how many checks passed.
public struct ParityTable: CustomStringConvertible {
    /// Lines of text, aligned; the first holds the subjects' labels.
    public let description: String

    /// The table of what a ``ParityRunner`` found.
    public init(_ results: [CheckResult]) {
        let subjects = Self.inOrder(results.map(\.subject))
        let operations = Self.inOrder(results.map(\.operation))
        let cells = Dictionary(grouping: results) { Key(operation: $0.operation, subject: $0.subject) }
        let lines =
            [["operation"] + subjects]
            + operations.map { operation in
                [operation]
                    + subjects.map { Self.cell(cells[Key(operation: operation, subject: $0)] ?? []) }
            }
        let widths = (0...subjects.count).map { column in lines.map { $0[column].count }.max() ?? 0 }
        description = lines.map { line in
            zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private struct Key: Hashable {
        let operation: String
        let subject: String
    }

    /// `24 passed`, `20 of 24 passed`, `24 passed, 2 unsupported`, or `–` where nothing was run.
    private static func cell(_ results: [CheckResult]) -> String {
        guard !results.isEmpty else { return "–" }
        let failed = results.count(where: \.isFailure)
        let unsupported = results.count { if case .unsupported = $0.outcome { true } else { false } }
        let run = results.count - unsupported
        let parts = [
            run == 0 ? nil : failed == 0 ? "\(run) passed" : "\(run - failed) of \(run) passed",
            unsupported == 0 ? nil : "\(unsupported) unsupported",
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    private static func inOrder(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
