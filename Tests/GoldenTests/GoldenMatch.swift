import BackendTesting
import Tensors

/// The match rule of golden vectors: `|a − b| ≤ atol + rtol · max|b|` over the whole tensor, integers exactly.
extension GoldenFile {
    /// One line for each expected tensor that `results` lacks or that does not match; empty if all is well.
    func mismatches(_ results: [String: HostTensor]) -> [String] {
        let tolerance = Tolerance(
            relative: relativeTolerance, absolute: absoluteTolerance, reason: "stated in the golden file")
        return expected.sorted { $0.key < $1.key }.compactMap { name, expected in
            guard let result = results[name] else { return "out.\(name) was not computed" }
            return tolerance.compare(result, with: expected).mismatch.map { "out.\(name)\($0)" }
        }
    }
}
