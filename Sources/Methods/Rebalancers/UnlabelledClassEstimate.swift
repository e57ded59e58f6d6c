import Foundation
import Tensors

/// What the unlabelled images' class distribution is, as far as confident predictions tell, and how far it is from three
/// that it could be: the labelled images', the uniform one, and the labelled images' in reverse. All of it stays on the
/// device. Source: ACR (Wei and Gan, CVPR 2023), the authors' code, train.py.
final class UnlabelledClassEstimate {
    private let backend: any Backend
    /// u, `[K]`: a moving average, over steps, of which classes were predicted.
    private(set) var distribution: Tensor
    /// `[3, 1]`: sums over steps of the symmetric Kullback–Leibler divergences of u from the three.
    private let divergences: Tensor
    /// `[3, K]`.
    private let references: Tensor
    private let logReferences: Tensor
    private let one: Tensor
    /// What a share counts at least in a logarithm: a moving average of zeros becomes zero in the end.
    private let smallest: Tensor
    private let decay: Float
    private let classes: Int

    init(prior: ClassPrior, decay: Float, on backend: any Backend) throws {
        self.backend = backend
        self.decay = decay
        classes = prior.classes
        let shares = prior.logarithms.map { Float(exp($0)) }
        let uniform = [Float](repeating: 1 / Float(classes), count: classes)
        references = try backend.tensor(shares + uniform + shares.reversed(), try Shape([3, classes]))
        logReferences = try backend.unary(.logarithm, references)
        distribution = try backend.tensor(uniform, try Shape([classes]))
        divergences = try backend.tensor(repeating: 0, [3, 1])
        one = try backend.tensor(repeating: 1, [1])
        smallest = try backend.tensor(repeating: .leastNormalMagnitude, [1])
    }

    /// With z 1 for each class that a confident prediction names, of images that are not labelled ones: `z ← z / Σ z`,
    /// `u ← d · u + (1 − d) · z`, and for each reference r: `D_r += ½ Σ u log(u/r) + ½ Σ r log(r/u)`. Nothing where z is 0.
    ///
    /// - Throws: `MethodError.invalidInput` unless `isLabelledCopy` has an entry for each row, or is empty.
    func update(_ predictions: PseudoLabels, isLabelledCopy: [Bool]) throws {
        let rows = predictions.labels.count
        guard isLabelledCopy.isEmpty || isLabelledCopy.count == rows else {
            throw MethodError.invalidInput(
                name: "labelled copies", problem: "has \(isLabelledCopy.count) entries for \(rows) rows")
        }
        var weights = predictions.weights
        if !isLabelledCopy.isEmpty {
            let isUnlabelled = try backend.tensor(isLabelledCopy.map { $0 ? 0 : 1 as Float }, weights.shape)
            weights = try backend.binary(.multiply, weights, isUnlabelled)
        }
        let named = try backend.binary(
            .multiply, backend.oneHot(predictions.labels, classes: classes),
            weights.reshaped(to: try Shape([rows, 1])))
        let counts = try backend.makeTensor(distribution.shape, .float32)
        try backend.columnSums(named, into: counts)
        let isPresent = try backend.binary(.minimum, counts, one)
        let present = try backend.sum(isPresent, scale: 1)
        let isAnyPresent = try backend.binary(.minimum, present, one)
        let shares = try backend.binary(.divide, isPresent, backend.binary(.maximum, present, one))

        let step = try backend.affine(backend.binary(.subtract, shares, distribution), scale: 1 - decay, shift: 0)
        distribution = try backend.binary(
            .add, distribution, backend.binary(.multiply, step, isAnyPresent))

        // Both divergences together: Σ (u − r)(log u − log r).
        let differences = try backend.binary(.subtract, references, distribution)
        let logarithms = try backend.unary(.logarithm, backend.binary(.maximum, distribution, smallest))
        let logDifferences = try backend.binary(.subtract, logReferences, logarithms)
        let sums = try backend.rowSums(backend.binary(.multiply, differences, logDifferences))
        try backend.accumulate(
            backend.binary(.multiply, sums, isAnyPresent), scale: 0.5, into: divergences)
    }

    /// `exp D₁ / Σ exp D` with the mean divergences D over the steps since the last reset, D₁ being that from the labelled
    /// images' distribution. Waits.
    func shareOfPriorDivergence(steps: Int) throws -> Double {
        let means = try backend.read(divergences).floats.map { Double($0) / Double(steps) }
        let largest = means.max() ?? 0
        let exponentials = means.map { exp($0 - largest) }
        return exponentials[0] / exponentials.reduce(0, +)
    }

    /// Summing starts anew.
    func resetDivergences() throws {
        try backend.fill(divergences, with: 0)
    }

    /// What a checkpoint holds. Waits.
    func state() throws -> [String: HostTensor] {
        ["distribution": try backend.read(distribution), "divergences": try backend.read(divergences)]
    }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        let shares = try reader.take("distribution", distribution.shape, .float32)
        let sums = try reader.take("divergences", divergences.shape, .float32)
        guard shares.floats.allSatisfy({ (0...1.001).contains($0) }) else {
            throw MethodError.invalidState(name: "distribution", problem: "is not made of shares")
        }
        distribution = try backend.tensor(shares)
        try sums.bytes.withUnsafeBytes { try backend.write($0, into: divergences) }
    }
}
