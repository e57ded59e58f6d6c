import Foundation

/// DARP's convex problem: of all matrices whose rows are distributions and whose columns sum to given class counts, the
/// one nearest to the predictions, where a row counts the less the more uncertain it is.
///
/// Source: Kim, Hur, Park, Yang, Hwang, Shin, "Distribution aligning refinery of pseudo-label for imbalanced
/// semi-supervised learning", NeurIPS 2020, section 3.2 and algorithm 1; the steps as in the authors' code
/// (github.com/bbuing9/DARP).
///
/// In double precision on the host. Cost: `outer_iterations · K` equations of one unknown, each evaluated a few times over
/// all N images: some 10⁶ exponentials for 10 classes and 5000 images.
package struct DARPRefinement {
    private static let epsilon = 1e-6

    /// M: how many images of each class there are to be.
    var targetCounts: [Double]
    /// Of class k the largest `int(keepFactor · M_k)` probabilities are kept.
    let keepFactor: Double
    /// How often all classes' equations are solved.
    let outerIterations: Int
    /// How the equations are solved.
    let solver: SecantSolver

    /// For class counts M.
    package init(_ options: DARPOptions, targetCounts: [Double]) {
        self.targetCounts = targetCounts
        keepFactor = options.keepFactor
        outerIterations = options.outerIterations
        solver = SecantSolver(iterations: options.newtonIterations, tolerance: options.tolerance)
    }

    /// The refined matrix of `predictions`, both `[N, K]` row-major.
    package func refined(_ predictions: [Float]) -> [Float] {
        let classes = targetCounts.count
        let columns = normalizedColumns(of: predictions)
        let rows = columns.first?.count ?? 0

        // The inverse of h: a row's entropy.
        let entropies = (0..<rows).map { row in
            -columns.reduce(0) { $0 + $1[row] * log($1[row] + Self.epsilon) }
        }
        let weights = columns.map { $0.map { $0 / exp(1) } }
        var factors = [[Double]](repeating: entropies.map { exp(-$0) }, count: classes)
        var multipliers = [Double](repeating: 0, count: classes)
        for _ in 0..<outerIterations {
            let scales = rowScales(weights, factors, rows: rows)
            for label in 0..<classes {
                let coefficients = zip(weights[label], scales).map(*)
                multipliers[label] = solver.root(near: multipliers[label]) { multiplier in
                    var sum = 0.0
                    for row in 0..<rows { sum += coefficients[row] * exp(-multiplier * entropies[row]) }
                    return sum - targetCounts[label]
                }
                factors[label] = entropies.map { exp(-multipliers[label] * $0) }
            }
        }
        let scales = rowScales(weights, factors, rows: rows)
        var refined = [Float](repeating: 0, count: predictions.count)
        for row in 0..<rows {
            for label in 0..<classes {
                refined[row * classes + label] = Float(weights[label][row] * scales[row] * factors[label][row])
            }
        }
        return refined
    }

    /// `a_i = 1 / Σ_k E_ik Y_ik`: what makes each row sum to 1.
    private func rowScales(_ weights: [[Double]], _ factors: [[Double]], rows: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: rows)
        for (weights, factors) in zip(weights, factors) {
            for row in 0..<rows { sums[row] += weights[row] * factors[row] }
        }
        return sums.map { 1 / $0 }
    }

    /// The columns of the matrix that is refined: of each class the largest probabilities, scaled to its target count, then
    /// each row divided by its sum. K columns of N.
    package func normalizedColumns(of predictions: [Float]) -> [[Double]] {
        let classes = targetCounts.count
        let rows = predictions.count / max(1, classes)
        var columns = (0..<classes).map { label in
            var column = (0..<rows).map { Double(predictions[$0 * classes + label]) }
            // Swift's sort is stable: of equal probabilities those of the first images are kept.
            let kept = Int(min(keepFactor * targetCounts[label], Double(rows)))
            for row in column.indices.sorted(by: { column[$0] > column[$1] }).dropFirst(kept) { column[row] = 0 }
            let scale = (targetCounts[label] + Self.epsilon) / (column.reduce(0, +) + Self.epsilon)
            return column.map { $0 * scale + Self.epsilon }
        }
        for row in 0..<rows {
            let sum = columns.reduce(0) { $0 + $1[row] }
            for label in 0..<classes { columns[label][row] /= sum }
        }
        return columns
    }
}

/// Finds a zero of a function of one number by the secant method, step for step as SciPy's `newton` does without a
/// derivative: at loose tolerances the result depends on it.
struct SecantSolver {
    /// The most steps.
    let iterations: Int
    /// A step this small, or smaller, is the last.
    let tolerance: Double

    /// A zero near `start`; the last point reached where it does not converge.
    func root(near start: Double, of function: (Double) -> Double) -> Double {
        var (x0, x1) = (start, start * (1 + 1e-4) + (start >= 0 ? 1e-4 : -1e-4))
        var (q0, q1) = (function(x0), function(x1))
        if abs(q1) < abs(q0) { (x0, q0, x1, q1) = (x1, q1, x0, q0) }
        for _ in 0..<iterations {
            guard q0 != q1 else { return (x0 + x1) / 2 }
            // Divided by the larger value, so that nothing overflows.
            let x = abs(q1) > abs(q0) ? (-q0 / q1 * x1 + x0) / (1 - q0 / q1) : (-q1 / q0 * x0 + x1) / (1 - q1 / q0)
            guard x.isFinite else { return x1 }
            if abs(x - x1) <= tolerance { return x }
            (x0, q0) = (x1, q1)
            (x1, q1) = (x, function(x))
        }
        return x1
    }
}
