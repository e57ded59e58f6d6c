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

    /// Joins parts, one after another, along the outermost dimension: the opposite of ``split(_:counts:)``.
    ///
    /// - Throws: `TensorError.invalidArgument` if there is no part, or they differ in their other dimensions or in type.
    public func concatenate(_ parts: [Variable]) throws -> Variable {
        guard let first = parts.first, first.shape.rank >= 1 else {
            throw TensorError.invalidArgument(operation: "concatenate", problem: "it takes at least one part with rows")
        }
        for part in parts {
            let fits = part.shape.dimensions.dropFirst() == first.shape.dimensions.dropFirst()
            guard part.shape.rank >= 1, fits, part.value.elementType == first.value.elementType else {
                throw TensorError.invalidArgument(
                    operation: "concatenate",
                    problem: "a part is \(part.shape) \(part.value.elementType.rawValue), the first is \(first.shape) "
                        + "\(first.value.elementType.rawValue)")
            }
        }
        var rows = 0
        let ranges = parts.map { part in
            defer { rows += part.shape[0] }
            return rows..<rows + part.shape[0]
        }
        let joint = try backend.makeTensor(
            try Shape([rows] + first.shape.dimensions.dropFirst()), first.value.elementType)
        for (part, range) in zip(parts, ranges) where !range.isEmpty {
            try backend.copy(part.value, into: try joint.slice(range))
        }
        return record(joint, from: parts) { [unowned self] gradient in
            for (part, range) in zip(parts, ranges) { try send(gradient.slice(range), to: part) }
        }
    }

    /// `y_i = x[indices_i]`: `[R, D]` and int32 `[N]` → `[N, D]`. The gradients of rows that are gathered several times add
    /// up.
    public func gatherRows(_ input: Variable, indices: Tensor) throws -> Variable {
        let rowCount = input.shape.rows
        return record(try backend.gatherRows(input.value, indices: indices), from: [input]) {
            [unowned self] gradient in
            try send(backend.gatherRowsGradient(gradient, indices: indices, rowCount: rowCount), to: input)
        }
    }
}
