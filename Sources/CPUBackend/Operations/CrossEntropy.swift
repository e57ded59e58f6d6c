import Foundation
import Tensors

extension CPUBackend {
    /// In double precision, rounded once.
    public func crossEntropy(
        _ logits: Tensor, targets: Tensor, weights: Tensor?
    ) throws -> (perSample: Tensor, loss: Tensor) {
        let operation = begin("crossEntropy")
        let (t, w) = try crossEntropyOperands(logits, targets, weights, operation)
        let x = try floats(logits, "the logits", operation)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let (perSample, entropies) = try makeFloats([rows])
        let (loss, mean) = try makeFloats([1])
        try withSums(rows: rows, columns: columns, width: 1) { range, accumulator in
            for row in range {
                let (x, t) = (x + row * columns, t + row * columns)
                let logSum = logSumOfExponentials(x, columns)
                var entropy = 0.0
                for k in 0..<columns where t[k] != 0 { entropy -= Double(t[k]) * (Double(x[k]) - logSum) }
                entropies[row] = Float(entropy)
                // A weight of zero leaves a sample out, even one whose loss is infinite.
                let weight = w.map { Double($0[row]) } ?? 1
                if weight != 0 { accumulator[0] += weight * entropy }
            }
        } _: { total in
            mean[0] = Float(total[0] / Double(max(1, rows)))
        }
        return (perSample, loss)
    }

    /// In double precision, rounded once.
    public func crossEntropyGradient(
        _ lossGradient: Tensor, logits: Tensor, targets: Tensor, weights: Tensor?
    ) throws -> Tensor {
        let operation = begin("crossEntropyGradient")
        let (t, w) = try crossEntropyOperands(logits, targets, weights, operation)
        try Expect.floats(lossGradient, [1], "the loss gradient", operation: operation)
        let upstream = try floats(lossGradient, "the loss gradient", operation)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        return try mapRows(logits, "the logits", operation) { row, x, gradient in
            let weight = w.map { Double($0[row]) } ?? 1
            let t = t + row * columns
            let logSum = logSumOfExponentials(x, columns)
            var mass = 0.0
            for k in 0..<columns { mass += Double(t[k]) }
            let factor = Double(upstream[0]) * weight / Double(rows)
            for k in 0..<columns {
                gradient[k] = Float(factor * (exp(Double(x[k]) - logSum) * mass - Double(t[k])))
            }
        }
    }

    /// In double precision, rounded once.
    public func softmaxMeanSquaredError(_ logits: Tensor, targetLogits: Tensor) throws -> Tensor {
        let operation = begin("softmaxMeanSquaredError")
        try Expect.matrix(logits, "the logits", operation: operation)
        try Expect.floats(targetLogits, logits.shape, "the target logits", operation: operation)
        let x = try floats(logits, "the logits", operation)
        let targets = try floats(targetLogits, "the target logits", operation)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let (loss, mean) = try makeFloats([1])
        try withSums(rows: rows, columns: columns, width: 1) { range, accumulator in
            for row in range {
                let (x, t) = (x + row * columns, targets + row * columns)
                let (logSum, targetLogSum) = (logSumOfExponentials(x, columns), logSumOfExponentials(t, columns))
                for k in 0..<columns {
                    let difference = exp(Double(x[k]) - logSum) - exp(Double(t[k]) - targetLogSum)
                    accumulator[0] += difference * difference
                }
            }
        } _: { total in
            mean[0] = Float(total[0] / Double(max(1, logits.count)))
        }
        return loss
    }

    /// With p the softmax, t the target and `g = 2 (p − t) / (N·K)`, as for any function of a softmax:
    /// `lossGradient · p · (g − Σ_k g_k p_k)`.
    public func softmaxMeanSquaredErrorGradient(
        _ lossGradient: Tensor, logits: Tensor, targetLogits: Tensor
    ) throws -> Tensor {
        let operation = begin("softmaxMeanSquaredErrorGradient")
        try Expect.matrix(logits, "the logits", operation: operation)
        try Expect.floats(targetLogits, logits.shape, "the target logits", operation: operation)
        try Expect.floats(lossGradient, [1], "the loss gradient", operation: operation)
        let targets = try floats(targetLogits, "the target logits", operation)
        let upstream = try floats(lossGradient, "the loss gradient", operation)
        let columns = logits.shape[1]
        let factor = 2 / Double(max(1, logits.count))
        return try mapRows(logits, "the logits", operation) { row, x, gradient in
            let t = targets + row * columns
            let (logSum, targetLogSum) = (logSumOfExponentials(x, columns), logSumOfExponentials(t, columns))
            var product = 0.0
            for k in 0..<columns {
                let p = exp(Double(x[k]) - logSum)
                product += (p - exp(Double(t[k]) - targetLogSum)) * p
            }
            for k in 0..<columns {
                let p = exp(Double(x[k]) - logSum)
                let difference = p - exp(Double(t[k]) - targetLogSum)
                gradient[k] = Float(Double(upstream[0]) * factor * p * (difference - product))
            }
        }
    }

    /// Checks what both directions of the cross entropy take; the targets' and the weights' elements.
    private func crossEntropyOperands(
        _ logits: Tensor, _ targets: Tensor, _ weights: Tensor?, _ operation: String
    ) throws -> (targets: UnsafePointer<Float>, weights: UnsafePointer<Float>?) {
        try Expect.matrix(logits, "the logits", operation: operation)
        try Expect.floats(targets, logits.shape, "the targets", operation: operation)
        if let weights { try Expect.floats(weights, [logits.shape[0]], "the weights", operation: operation) }
        return (
            try floats(targets, "the targets", operation), try weights.map { try floats($0, "the weights", operation) }
        )
    }
}
