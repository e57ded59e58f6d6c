import Tensors

/// Kernels: Reduction/reduction.cl. Sums of small tensors take one launch, of large ones two.
extension OpenCLBackend: ReductionOperations {
    /// In float32. Up to 256 rows take one launch; more give up to 256 partial sums, added up by a second.
    public func columnSums(_ input: Tensor, into sums: Tensor) throws {
        let operation = "columnSums"
        try Expect.activationRows(input, "the input", operation: operation)
        try Expect.shape(sums, [input.shape.columns], "the sums", operation: operation)
        try Expect.elementType(sums, .float32, "the sums", operation: operation)
        let (rows, columns) = (input.shape.rows, input.shape.columns)
        // So many rows make a part worth its own work-item; beyond 256 parts, each gets more.
        let rowsPerPart = max(256, rows.dividedRoundingUp(by: 256))
        let parts = rows.dividedRoundingUp(by: rowsPerPart)
        guard parts > 1 else {
            return try launchColumnSums(input, rows: rows, columns: columns, rowsPerPart: rowsPerPart, into: sums)
        }
        let partial = try makeTensor([parts, columns], .float32)
        try launchColumnSums(input, rows: rows, columns: columns, rowsPerPart: rowsPerPart, into: partial)
        try launchColumnSums(partial, rows: parts, columns: columns, rowsPerPart: parts, into: sums)
    }

    /// One launch; lanes and work-items share a row and join their sums by a tree.
    public func rowSums(_ input: Tensor) throws -> Tensor {
        try Expect.rows(input, "the input", operation: "rowSums")
        let (rows, columns) = (input.shape.rows, input.shape.columns)
        let sums = try makeTensor([rows, 1], .float32)
        try launchRows(
            "rowSums", in: "Reduction/reduction.cl", rows: rows, elementsPerRow: columns,
            arguments: [.tensor(input), .tensor(sums), .int(columns)])
        return sums
    }

    /// In float32. Up to 16384 elements take one launch; more give a partial sum for each so many.
    public func sum(_ input: Tensor, scale: Float) throws -> Tensor {
        try Expect.elementType(input, .float32, "the input", operation: "sum")
        let length = 16384
        let parts = input.count.dividedRoundingUp(by: length)
        let sum = try makeTensor([1], .float32)
        if parts <= 1 {
            try launchSum(input, parts: 1, length: length, scale: scale, into: sum)
        } else {
            let partial = try makeTensor([parts], .float32)
            try launchSum(input, parts: parts, length: length, scale: 1, into: partial)
            try launchSum(partial, parts: 1, length: parts, scale: scale, into: sum)
        }
        return sum
    }

    /// One launch. Each row is read for its largest element, then again for the first column that has it.
    public func argmaxRows(_ input: Tensor) throws -> (indices: Tensor, values: Tensor) {
        try Expect.matrix(input, "the input", operation: "argmaxRows")
        let (rows, columns) = (input.shape[0], input.shape[1])
        let indices = try makeTensor([rows], .int32)
        let values = try makeTensor([rows], .float32)
        try launchRows(
            "argmaxRows", in: "Reduction/reduction.cl", rows: rows, elementsPerRow: columns,
            arguments: [.tensor(input), .tensor(indices), .tensor(values), .int(columns)])
        return (indices, values)
    }

    private func launchSum(_ input: Tensor, parts: Int, length: Int, scale: Float, into sums: Tensor) throws {
        let group = programs.geometry.rowItems
        try launch(
            "sumParts", in: "Reduction/reduction.cl", global: [parts * group], local: [group],
            arguments: [.tensor(input), .tensor(sums), .int(input.count), .int(length), .float(scale)])
    }

    private func launchColumnSums(
        _ input: Tensor, rows: Int, columns: Int, rowsPerPart: Int, into sums: Tensor
    ) throws {
        let geometry = programs.geometry
        let blocks = columns.dividedRoundingUp(by: geometry.vector).dividedRoundingUp(by: geometry.rowItems)
        let parts = max(1, rows.dividedRoundingUp(by: rowsPerPart))
        try launch(
            "columnSumParts", in: "Reduction/reduction.cl",
            definitions: Definitions(storing: input.elementType), global: [blocks * geometry.rowItems, parts],
            local: [geometry.rowItems, 1],
            arguments: [.tensor(input), .tensor(sums), .int(rows), .int(columns), .int(rowsPerPart)])
    }
}
