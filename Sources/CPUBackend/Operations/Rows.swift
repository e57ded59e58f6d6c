import Tensors

extension CPUBackend {
    /// Copies row after row.
    public func gatherRows(_ input: Tensor, indices: Tensor) throws -> Tensor {
        let operation = begin("gatherRows")
        try Expect.matrix(input, "the input", operation: operation)
        try Expect.integers(indices, "the indices", operation: operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        let x = try floats(input, "the input", operation)
        let index = try integers(indices, "the indices", operation)
        let (output, y) = try makeFloats(Shape([indices.count, columns]))
        Parallel.forEachRowRange(of: indices.count, columns: columns) { range in
            for i in range {
                let source = Int(index[i])
                if source >= 0, source < rows {
                    (y + i * columns).update(from: x + source * columns, count: columns)
                } else {
                    (y + i * columns).update(repeating: 0, count: columns)
                }
            }
        }
        return output
    }

    /// Adds row after row, on one core: a sum in the order of the rows.
    public func gatherRowsGradient(_ outputGradient: Tensor, indices: Tensor, rowCount: Int) throws -> Tensor {
        let operation = begin("gatherRowsGradient")
        try Expect.matrix(outputGradient, "the output gradient", operation: operation)
        let (count, columns) = (outputGradient.shape[0], outputGradient.shape[1])
        try Expect.integers(indices, count: count, "the indices", operation: operation)
        let gradient = try floats(outputGradient, "the output gradient", operation)
        let index = try integers(indices, "the indices", operation)
        let (output, result) = try makeFloats(Shape([rowCount, columns]))
        result.update(repeating: 0, count: output.count)
        for i in 0..<count {
            let row = Int(index[i])
            guard row >= 0, row < rowCount else { continue }
            for column in 0..<columns { result[row * columns + column] += gradient[i * columns + column] }
        }
        return output
    }

    /// Copies row after row.
    public func scatterRows(_ input: Tensor, indices: Tensor, into destination: Tensor) throws {
        let operation = begin("scatterRows")
        try Expect.matrix(input, "the input", operation: operation)
        try Expect.matrix(destination, "the destination", operation: operation)
        let (count, columns) = (input.shape[0], input.shape[1])
        let rows = destination.shape[0]
        try Expect.shape(destination, [rows, columns], "the destination", operation: operation)
        try Expect.integers(indices, count: count, "the indices", operation: operation)
        let x = try floats(input, "the input", operation)
        let index = try integers(indices, "the indices", operation)
        let y = try mutableFloats(destination, "the destination", operation)
        for i in 0..<count {
            let row = Int(index[i])
            guard row >= 0, row < rows else { continue }
            (y + row * columns).update(from: x + i * columns, count: columns)
        }
    }

    /// Sums in double precision, in the order of the rows.
    public func segmentMean(_ input: Tensor, labels: Tensor, classes: Int) throws -> (mean: Tensor, count: Tensor) {
        let operation = begin("segmentMean")
        try Expect.matrix(input, "the input", operation: operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        try Expect.integers(labels, count: rows, "the labels", operation: operation)
        try Expect.positive(classes, "the number of classes", operation: operation)
        let x = try floats(input, "the input", operation)
        let label = try integers(labels, "the labels", operation)
        let (mean, means) = try makeFloats(Shape([classes, columns]))
        let (count, counts) = try makeIntegers([classes])
        counts.update(repeating: 0, count: classes)
        try withScratch(of: Double.self, count: mean.count) { sums in
            sums.update(repeating: 0, count: mean.count)
            for row in 0..<rows {
                let segment = Int(label[row])
                guard segment >= 0, segment < classes else { continue }
                counts[segment] += 1
                for column in 0..<columns { sums[segment * columns + column] += Double(x[row * columns + column]) }
            }
            for segment in 0..<classes {
                let divisor = Double(max(1, counts[segment]))
                for i in segment * columns..<(segment + 1) * columns { means[i] = Float(sums[i] / divisor) }
            }
        }
        return (mean, count)
    }

    /// Zeros, then a 1 in each row.
    public func oneHot(_ labels: Tensor, classes: Int) throws -> Tensor {
        let operation = begin("oneHot")
        try Expect.integers(labels, "the labels", operation: operation)
        try Expect.positive(classes, "the number of classes", operation: operation)
        let label = try integers(labels, "the labels", operation)
        let (output, y) = try makeFloats(Shape([labels.count, classes]))
        y.update(repeating: 0, count: output.count)
        for row in 0..<labels.count where label[row] >= 0 && Int(label[row]) < classes {
            y[row * classes + Int(label[row])] = 1
        }
        return output
    }

    /// Counts on one core; exact up to 2²⁴ of one label.
    public func histogram(_ labels: Tensor, classes: Int) throws -> Tensor {
        let operation = begin("histogram")
        try Expect.integers(labels, "the labels", operation: operation)
        try Expect.positive(classes, "the number of classes", operation: operation)
        let label = try integers(labels, "the labels", operation)
        let (output, y) = try makeFloats(Shape([classes]))
        y.update(repeating: 0, count: classes)
        for i in 0..<labels.count where label[i] >= 0 && Int(label[i]) < classes {
            y[Int(label[i])] += 1
        }
        return output
    }
}
