import Tensors

extension CPUBackend {
    /// Sums in double precision.
    public func columnSums(_ input: Tensor, into sums: Tensor) throws {
        if input.elementType == .float16 {
            return try columnSums(widened(input, "the input", "columnSums"), into: sums)
        }
        let operation = begin("columnSums")
        try Expect.activationRows(input, "the input", operation: operation)
        let (rows, columns) = (input.shape.rows, input.shape.columns)
        try Expect.shape(sums, [columns], "the sums", operation: operation)
        let x = try floats(input, "the input", operation)
        let y = try mutableFloats(sums, "the sums", operation)
        let kernels = kernels
        try withSums(rows: rows, columns: columns, width: columns) { range, accumulators in
            kernels.addColumnSums(range.count, columns, x + range.lowerBound * columns, columns, accumulators)
        } _: { totals in
            for column in 0..<columns { y[column] = Float(totals[column]) }
        }
    }

    /// Sums in double precision.
    public func rowSums(_ input: Tensor) throws -> Tensor {
        let operation = begin("rowSums")
        try Expect.rows(input, "the input", operation: operation)
        let (rows, columns) = (input.shape.rows, input.shape.columns)
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats([rows, 1])
        Parallel.forEachRowRange(of: rows, columns: columns) { range in
            for row in range {
                let x = x + row * columns
                var sum = 0.0
                for column in 0..<columns { sum += Double(x[column]) }
                y[row] = Float(sum)
            }
        }
        return output
    }

    /// Sums in double precision.
    public func sum(_ input: Tensor, scale: Float) throws -> Tensor {
        let operation = begin("sum")
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats([1])
        try withSums(rows: input.count, columns: 1, width: 1) { range, accumulator in
            var sum = 0.0
            for i in range { sum += Double(x[i]) }
            accumulator[0] += sum
        } _: { total in
            y[0] = Float(total[0] * Double(scale))
        }
        return output
    }

    /// NaN exceeds nothing, and nothing exceeds a NaN in the first column.
    public func argmaxRows(_ input: Tensor) throws -> (indices: Tensor, values: Tensor) {
        let operation = begin("argmaxRows")
        try Expect.matrix(input, "the input", operation: operation)
        let (rows, columns) = (input.shape.rows, input.shape.columns)
        let x = try floats(input, "the input", operation)
        let (indices, index) = try makeIntegers([rows])
        let (values, value) = try makeFloats([rows])
        Parallel.forEachRowRange(of: rows, columns: columns) { range in
            for row in range {
                let x = x + row * columns
                var best = 0
                for column in 0..<columns where x[column] > x[best] { best = column }
                index[row] = Int32(truncatingIfNeeded: best)
                value[row] = x[best]
            }
        }
        return (indices, values)
    }
}
