import NeuralNetworks
import Tensors

/// FixMatch with a threshold that follows the network's own confidence, lower for classes that it predicts less, and a loss
/// that keeps predictions fair over the classes.
///
/// Source: Wang et al., "FreeMatch: self-adaptive thresholding for semi-supervised learning", ICLR 2023;
/// the order of a step, and the fairness of the strong view's own predictions, as in the authors' code (USB). What it keeps
/// stays on the device.
package final class FreeMatch: BaseMethod {
    private let options: FreeMatchOptions
    /// τ, `[1]`: the running mean of the confidence.
    private let threshold: Tensor
    /// p̃, `[K]`: the running mean of the probabilities.
    private let classProbability: Tensor
    /// h̃, `[K]`: the running histogram of the predicted classes.
    private let labelHistogram: Tensor
    private let backend: any Backend

    init(_ options: FreeMatchOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        let classes = try Shape([site.prior.classes])
        let share = 1 / Float(site.prior.classes)
        threshold = try backend.tensor(repeating: share, [1])
        classProbability = try backend.tensor(repeating: share, classes)
        labelHistogram = try backend.tensor(repeating: share, classes)
    }

    /// Terms: `supervised`, `unsupervised`, `fairness`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let (weak, strong) = try step.inputs.unlabelledViews()
        let supervised = try step.supervisedTerm()

        let probabilities = try backend.softmax(step.rebalancers.weakLogits(weak.logits.value, step))
        try update(with: probabilities)
        let pseudo = try step.pseudoLabels(probabilities) { pseudo in
            try backend.binary(.greaterOrEqual, pseudo.confidences, thresholds(of: pseudo.labels))
        }
        let unsupervised = try step.unsupervisedTerm(
            weight: Float(options.unsupervisedWeight), strong: strong, pseudo: pseudo)
        let fairness = LossTerm(
            "fairness", weight: Float(options.fairnessWeight),
            try fairness(of: strong[0].logits, mask: pseudo.weights, on: step.tape))
        return ([supervised, unsupervised, fairness], pseudo)
    }

    /// `τ ← d τ + (1 − d) mean max p`, likewise the mean of p and the histogram of its argmax.
    private func update(with probabilities: Tensor) throws {
        let rows = Float(max(1, probabilities.shape.rows))
        let (labels, confidences) = try backend.argmaxRows(probabilities)
        let decay = Float(options.decay)
        try backend.exponentialMovingAverage(
            threshold, of: backend.sum(confidences, scale: 1 / rows), decay: decay)
        try backend.exponentialMovingAverage(
            classProbability, of: backend.columnMeans(probabilities), decay: decay)
        let counts = try backend.histogram(labels, classes: probabilities.shape.columns)
        try backend.exponentialMovingAverage(
            labelHistogram, of: backend.affine(counts, scale: 1 / rows, shift: 0), decay: decay)
    }

    /// `τ · p̃_k / max p̃` for the class of each row, `[Bu]`.
    private func thresholds(of labels: Tensor) throws -> Tensor {
        let classes = classProbability.count
        let largest = try backend.argmaxRows(classProbability.reshaped(to: try Shape([1, classes]))).values
        let relative = try backend.binary(.divide, classProbability, largest)
        let thresholds = try backend.binary(.multiply, relative, threshold)
        return try backend.gatherRows(thresholds.reshaped(to: try Shape([classes, 1])), indices: labels)
            .reshaped(to: labels.shape)
    }

    /// `Σ_k a_k log(b_k + 10⁻¹²)` with a = p̃ / h̃ and b the same of the strong view's predictions of images
    /// whose pseudo-labels are used (histogram constant), both scaled to the sum 1; 0 where none is used.
    private func fairness(of logits: Variable, mask: Tensor, on tape: Tape) throws -> Variable {
        let target = try backend.binary(
            .multiply, classProbability, reciprocalsOrZero(labelHistogram, smallest: .leastNormalMagnitude))
        let a = try backend.binary(.divide, target, backend.sum(target, scale: 1))

        let probabilities = try tape.softmax(logits)
        let rows = try Shape([mask.count, 1])
        let predicted = try backend.oneHot(
            backend.argmaxRows(logits.value).indices, classes: logits.shape.columns)
        let counts = try backend.makeTensor(classProbability.shape, .float32)
        try backend.columnSums(backend.binary(.multiply, predicted, mask.reshaped(to: rows)), into: counts)
        // The number of images used cancels out of both means.
        let sums = try tape.matrixProduct(tape.constant(mask.reshaped(to: rows)), transposeA: true, probabilities)
        let ratios = try tape.multiply(sums, tape.constant(reciprocalsOrZero(counts, smallest: 0.5)))
        // Where an image is used, the sum is at least 1/K; the bound only keeps the others' gradients finite.
        let total = try tape.clamp(tape.rowSums(ratios), to: 1e-6 ... .greatestFiniteMagnitude)
        let b = try tape.divide(ratios, total)
        let logarithms = try tape.logarithm(tape.affine(b, scale: 1, shift: 1e-12))
        let isAnyUsed = try backend.binary(
            .greaterOrEqual, backend.sum(mask, scale: 1), backend.tensor([Float(0.5)], [1]))
        return try tape.multiply(
            tape.sum(tape.multiply(logarithms, tape.constant(a.reshaped(to: b.shape)))), tape.constant(isAnyUsed))
    }

    /// 1/x where x ≥ `smallest`, else 0.
    private func reciprocalsOrZero(_ values: Tensor, smallest: Float) throws -> Tensor {
        let bound = try backend.tensor([smallest], [1])
        let isThere = try backend.binary(.greaterOrEqual, values, bound)
        return try backend.binary(.divide, isThere, backend.binary(.maximum, values, bound))
    }

    /// `threshold`, `class_probability`, `label_histogram`.
    package func state() throws -> [String: HostTensor] {
        [
            "threshold": try backend.read(threshold),
            "class_probability": try backend.read(classProbability),
            "label_histogram": try backend.read(labelHistogram),
        ]
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        try reader.take("threshold", into: threshold, on: backend)
        try reader.take("class_probability", into: classProbability, on: backend)
        try reader.take("label_histogram", into: labelHistogram, on: backend)
    }
}
