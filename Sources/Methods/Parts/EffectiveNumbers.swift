import Foundation

/// What an image of each class counts by the effective number of images, `w_k = (1 − β) / (1 − β^(n_k))`, scaled to the
/// sum K.
///
/// Source: Cui et al., "Class-balanced loss based on effective number of samples", CVPR 2019, equation 3.
///
/// - Parameters:
///   - counts: n, each at least 1.
///   - beta: from 0 (all classes count alike) to below 1.
func effectiveNumberWeights(_ counts: [Double], beta: Double) -> [Double] {
    // 1 − β^n without cancellation where β is near 1.
    let weights = counts.map { (1 - beta) / -expm1($0 * log(beta)) }
    let total = weights.reduce(0, +)
    return weights.map { $0 * Double(counts.count) / total }
}
