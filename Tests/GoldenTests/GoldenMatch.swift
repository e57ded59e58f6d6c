import Foundation
import Tensors

/// The match rule of golden vectors: `|a − b| ≤ atol + rtol · max|b|` over the whole tensor, integers exactly.
extension GoldenFile {
    /// One line for each expected tensor that `results` lacks or that does not match; empty if all is well.
    func mismatches(_ results: [String: HostTensor]) -> [String] {
        expected.sorted { $0.key < $1.key }.compactMap { name, expected in
            guard let result = results[name] else { return "out.\(name) was not computed" }
            return mismatch(result, expected: expected).map { "out.\(name)\($0)" }
        }
    }

    private func mismatch(_ result: HostTensor, expected: HostTensor) -> String? {
        guard result.shape == expected.shape, result.elementType == expected.elementType else {
            return " must be \(expected.shape) \(expected.elementType.rawValue), "
                + "got \(result.shape) \(result.elementType.rawValue)"
        }
        guard expected.elementType == .float32 else { return mismatchOfIntegers(result, expected: expected) }

        let (got, wanted) = (result.floats.map(Double.init), expected.floats.map(Double.init))
        let largest = wanted.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
        let tolerance = absoluteTolerance + relativeTolerance * largest
        // Infinities must be equal; a NaN in either place is as wrong as can be.
        let errors = zip(got, wanted).map { got, wanted in
            got == wanted ? 0 : (got - wanted).isFinite ? (got - wanted).magnitude : .infinity
        }
        guard let worst = errors.indices.max(by: { errors[$0] < errors[$1] }), errors[worst] > tolerance else {
            return nil
        }
        let count = errors.count { $0 > tolerance }
        return "\(expected.shape.position(of: worst)): expected \(wanted[worst]), got \(got[worst]), off by "
            + "\(errors[worst]), allowed \(tolerance); \(count) of \(errors.count) elements are off"
    }

    private func mismatchOfIntegers(_ result: HostTensor, expected: HostTensor) -> String? {
        let (got, wanted) = (result.wholeNumbers, expected.wholeNumbers)
        let wrong = got.indices.filter { got[$0] != wanted[$0] }
        guard let worst = wrong.max(by: { abs(got[$0] - wanted[$0]) < abs(got[$1] - wanted[$1]) }) else { return nil }
        return "\(expected.shape.position(of: worst)): expected \(wanted[worst]), got \(got[worst]), must be equal; "
            + "\(wrong.count) of \(got.count) elements differ"
    }
}

extension HostTensor {
    /// The elements of a tensor of bytes or 32-bit integers; empty for floats.
    fileprivate var wholeNumbers: [Int] {
        elementType == .uint8 ? bytes.map(Int.init) : ((try? integers()) ?? []).map(Int.init)
    }
}

extension Shape {
    /// Where the element with this row-major index lies: `[1, 3, 0, 5]`.
    fileprivate func position(of index: Int) -> [Int] {
        var rest = index
        var position: [Int] = []
        for dimension in dimensions.reversed() {
            position.insert(rest % dimension, at: 0)
            rest /= dimension
        }
        return position
    }
}
