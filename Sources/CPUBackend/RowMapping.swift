import Foundation
import Tensors

/// Working row by row.
extension CPUBackend {
    /// A new matrix of the input's shape, each row computed from the input's row `x` into `y`.
    func mapRows(
        _ input: Tensor, _ name: String, _ operation: String,
        _ body: (_ row: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) -> Void
    ) throws -> Tensor {
        try Expect.matrix(input, name, operation: operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        let x = try floats(input, name, operation)
        let (output, y) = try makeFloats(input.shape)
        Parallel.forEachRowRange(of: rows, columns: columns) { range in
            for row in range { body(row, x + row * columns, y + row * columns) }
        }
        return output
    }
}

/// `log Σ_k exp(x_k)`, the largest element being taken out first.
func logSumOfExponentials(_ x: UnsafePointer<Float>, _ columns: Int) -> Double {
    var largest = x[0]
    for k in 1..<max(1, columns) where x[k] > largest { largest = x[k] }
    var sum = 0.0
    for k in 0..<columns { sum += exp(Double(x[k]) - Double(largest)) }
    return Double(largest) + log(sum)
}

/// `Σ_k a_k b_k`.
func dotProduct(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ columns: Int) -> Double {
    var sum = 0.0
    for k in 0..<columns { sum += Double(a[k]) * Double(b[k]) }
    return sum
}
