import Tensors

/// Kernels: Rows/rows.cl. One launch each.
extension OpenCLBackend: RowOperations {
    private static let kernels = "Rows/rows.cl"

    /// A work-group to some rows of the output; an index outside the input gives a row of zeros.
    public func gatherRows(_ input: Tensor, indices: Tensor) throws -> Tensor {
        let operation = "gatherRows"
        try Expect.matrix(input, "the input", operation: operation)
        try Expect.integers(indices, "the indices", operation: operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        let output = try makeTensor(Shape([indices.count, columns]), .float32)
        try launchRows(
            operation, in: Self.kernels, rows: indices.count, elementsPerRow: columns,
            arguments: [.tensor(input), .tensor(indices), .tensor(output), .int(rows), .int(columns)])
        return output
    }

    /// For each row of the gradient all indices are read, and matching rows added in ascending order.
    public func gatherRowsGradient(_ outputGradient: Tensor, indices: Tensor, rowCount: Int) throws -> Tensor {
        let operation = "gatherRowsGradient"
        try Expect.matrix(outputGradient, "the output gradient", operation: operation)
        let (count, columns) = (outputGradient.shape[0], outputGradient.shape[1])
        try Expect.integers(indices, count: count, "the indices", operation: operation)
        let gradient = try makeTensor(Shape([rowCount, columns]), .float32)
        try launchRows(
            operation, in: Self.kernels, rows: rowCount, elementsPerRow: columns + count,
            arguments: [.tensor(outputGradient), .tensor(indices), .tensor(gradient), .int(count), .int(columns)])
        return gradient
    }

    /// A work-group to some rows of the input; an index outside the destination writes nothing.
    public func scatterRows(_ input: Tensor, indices: Tensor, into destination: Tensor) throws {
        let operation = "scatterRows"
        try Expect.matrix(input, "the input", operation: operation)
        try Expect.matrix(destination, "the destination", operation: operation)
        let (count, columns) = (input.shape[0], input.shape[1])
        let rows = destination.shape[0]
        try Expect.shape(destination, [rows, columns], "the destination", operation: operation)
        try Expect.integers(indices, count: count, "the indices", operation: operation)
        try launchRows(
            operation, in: Self.kernels, rows: count, elementsPerRow: columns,
            arguments: [.tensor(input), .tensor(indices), .tensor(destination), .int(rows), .int(columns)])
    }

    /// For each class all labels are read, and matching rows added in ascending order.
    public func segmentMean(_ input: Tensor, labels: Tensor, classes: Int) throws -> (mean: Tensor, count: Tensor) {
        let operation = "segmentMean"
        try Expect.matrix(input, "the input", operation: operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        try Expect.integers(labels, count: rows, "the labels", operation: operation)
        try Expect.positive(classes, "the number of classes", operation: operation)
        let mean = try makeTensor(Shape([classes, columns]), .float32)
        let count = try makeTensor([classes], .int32)
        try launchRows(
            operation, in: Self.kernels, rows: classes, elementsPerRow: input.count,
            arguments: [
                .tensor(input), .tensor(labels), .tensor(mean), .tensor(count), .int(rows), .int(columns),
            ])
        return (mean, count)
    }

    /// A work-group to some rows of the output.
    public func oneHot(_ labels: Tensor, classes: Int) throws -> Tensor {
        let operation = "oneHot"
        try Expect.integers(labels, "the labels", operation: operation)
        try Expect.positive(classes, "the number of classes", operation: operation)
        let output = try makeTensor(Shape([labels.count, classes]), .float32)
        try launchRows(
            operation, in: Self.kernels, rows: labels.count, elementsPerRow: classes,
            arguments: [.tensor(labels), .tensor(output), .int(classes)])
        return output
    }

    /// A work-item to each class reads all labels: no atomics.
    public func histogram(_ labels: Tensor, classes: Int) throws -> Tensor {
        let operation = "histogram"
        try Expect.integers(labels, "the labels", operation: operation)
        try Expect.positive(classes, "the number of classes", operation: operation)
        let counts = try makeTensor(Shape([classes]), .float32)
        let group = programs.geometry.rowItems
        try launch(
            operation, in: Self.kernels, global: [classes.rounded(upTo: group)], local: [group],
            arguments: [.tensor(labels), .tensor(counts), .int(labels.count), .int(classes)])
        return counts
    }
}
