/// Rows of cells in columns: the first to the left, the others to the right.
struct AlignedTable: CustomStringConvertible {
    let description: String

    /// - Parameter rows: all of the same length; the first holds the columns' names.
    init(_ rows: [[String]]) {
        description = Self.lines(rows).joined(separator: "\n")
    }

    /// The table's lines, each begun with two blanks.
    static func lines(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + padding : padding + cell.0
            }
            return "  " + cells.joined(separator: "  ")
        }
    }
}
