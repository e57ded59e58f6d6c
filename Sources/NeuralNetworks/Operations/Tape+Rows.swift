import Tensors

extension Tape {
    /// Divides a joint batch into the parts it was joined from: consecutive rows of the outermost dimension, as views.
    ///
    /// Each part's gradient is copied into its rows of one tensor; rows of parts without gradient become zeros.
    ///
    /// - Parameter counts: the rows of each part; together, all rows of `input`.
    /// - Throws: `TensorError.invalidArgument` if they are not all rows.
    public func split(_ input: Variable, counts: [Int]) throws -> [Variable] {
        let rows = input.shape.dimensions.first ?? 0
        guard counts.allSatisfy({ (0...rows).contains($0) }), counts.reduce(0, +) == rows else {
            throw TensorError.invalidArgument(
                operation: "split", problem: "parts of \(counts) rows are not all rows of a tensor of \(input.shape)")
        }
        var start = 0
        let ranges = counts.map { count in
            defer { start += count }
            return start..<start + count
        }
        let parts = try ranges.map { try input.value.slice($0) }
        return record(parts, from: [input]) { [unowned self] gradients in
            try sendInto([input]) { destinations in
                for (range, gradient) in zip(ranges, gradients) where !range.isEmpty {
                    let destination = try destinations[0].slice(range)
                    if let gradient {
                        try backend.copy(gradient, into: destination)
                    } else {
                        try backend.fill(destination, with: 0)
                    }
                }
            }
        }
    }
}
