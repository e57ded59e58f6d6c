import Foundation
import Tensors

extension CPUBackend {
    /// In double precision, rounded once.
    public func softmax(_ logits: Tensor) throws -> Tensor {
        let columns = logits.shape.columns
        return try mapRows(logits, "the logits", begin("softmax")) { _, x, y in
            let logSum = logSumOfExponentials(x, columns)
            for k in 0..<columns { y[k] = Float(exp(Double(x[k]) - logSum)) }
        }
    }

    /// In double precision, rounded once.
    public func softmaxGradient(_ outputGradient: Tensor, output: Tensor) throws -> Tensor {
        let operation = begin("softmaxGradient")
        try Expect.floats(outputGradient, output.shape, "the output gradient", operation: operation)
        let gradients = try floats(outputGradient, "the output gradient", operation)
        let columns = output.shape.columns
        return try mapRows(output, "the output", operation) { row, y, result in
            let gradient = gradients + row * columns
            let product = dotProduct(gradient, y, columns)
            for k in 0..<columns { result[k] = Float(Double(y[k]) * (Double(gradient[k]) - product)) }
        }
    }

    /// In double precision, rounded once.
    public func logSoftmax(_ logits: Tensor) throws -> Tensor {
        let columns = logits.shape.columns
        return try mapRows(logits, "the logits", begin("logSoftmax")) { _, x, y in
            let logSum = logSumOfExponentials(x, columns)
            for k in 0..<columns { y[k] = Float(Double(x[k]) - logSum) }
        }
    }

    /// In double precision, rounded once.
    public func logSoftmaxGradient(_ outputGradient: Tensor, output: Tensor) throws -> Tensor {
        let operation = begin("logSoftmaxGradient")
        try Expect.floats(outputGradient, output.shape, "the output gradient", operation: operation)
        let gradients = try floats(outputGradient, "the output gradient", operation)
        let columns = output.shape.columns
        return try mapRows(output, "the output", operation) { row, y, result in
            let gradient = gradients + row * columns
            var sum = 0.0
            for k in 0..<columns { sum += Double(gradient[k]) }
            for k in 0..<columns { result[k] = Float(Double(gradient[k]) - exp(Double(y[k])) * sum) }
        }
    }

    /// In double precision, rounded once.
    public func entropy(_ probabilities: Tensor) throws -> Tensor {
        let operation = begin("entropy")
        try Expect.matrix(probabilities, "the probabilities", operation: operation)
        let (rows, columns) = (probabilities.shape[0], probabilities.shape[1])
        let p = try floats(probabilities, "the probabilities", operation)
        let (output, entropies) = try makeFloats([rows])
        Parallel.forEachRowRange(of: rows, columns: columns) { range in
            for row in range {
                let p = p + row * columns
                var entropy = 0.0
                for k in 0..<columns where p[k] != 0 { entropy -= Double(p[k]) * log(Double(p[k])) }
                entropies[row] = Float(entropy)
            }
        }
        return output
    }
}
