import Datasets
import Methods
import Tensors

/// Gathers the losses and pseudo-labels of several steps on the device, so that one wait serves them all.
final class StepRecord {
    /// Means over the steps gathered.
    struct Means {
        /// The parts of the loss and their `total`, by name.
        let losses: [String: Double]
        /// The part of the unlabelled images whose pseudo-label is used; nil for methods without.
        let pseudoLabelRate: Double?
        /// The part of these whose pseudo-label is the hidden label, as far as that is known; nil where nobody knows.
        let pseudoLabelPrecision: Double?
        /// How many steps were gathered.
        let steps: Int
        /// Every unlabelled image of these steps: its pseudo-label, what it counts, and its hidden label.
        let pseudoLabels: (labels: [Int32], mask: [Float], hiddenLabels: [Int32])?
    }

    private let backend: any Backend
    private let capacity: Int
    private var names: [String] = []
    /// `[capacity, names.count]`.
    private var losses: Tensor?
    /// int32 `[capacity, Bu]`.
    private var pseudoLabels: Tensor?
    /// `[capacity, Bu]`.
    private var masks: Tensor?
    private var hiddenLabels: [Int32] = []
    private var count = 0

    /// - Parameter capacity: the most steps that are gathered.
    init(capacity: Int, on backend: any Backend) {
        self.capacity = capacity
        self.backend = backend
    }

    /// Whether another step would not fit.
    var isFull: Bool { count == capacity }

    /// Gathers a step. Nothing is read.
    func append(_ outputs: StepOutputs, hiddenLabels: [Int32]) throws {
        let terms = [(name: "total", value: outputs.total.value)] + outputs.terms
        let losses = try self.losses ?? backend.makeTensor(Shape([capacity, terms.count]), .float32)
        self.losses = losses
        names = terms.map(\.name)
        for (column, term) in terms.enumerated() {
            try backend.copy(term.value, into: losses.view(at: count * terms.count + column, shape: [1]))
        }
        if let labels = outputs.pseudoLabels, let mask = outputs.mask {
            let allLabels = try pseudoLabels ?? backend.makeTensor(Shape([capacity, labels.count]), .int32)
            let allMasks = try masks ?? backend.makeTensor(Shape([capacity, labels.count]), .float32)
            (pseudoLabels, masks) = (allLabels, allMasks)
            try backend.copy(labels, into: allLabels.view(at: count * labels.count, shape: labels.shape))
            try backend.copy(mask, into: allMasks.view(at: count * labels.count, shape: mask.shape))
            self.hiddenLabels += hiddenLabels
        }
        count += 1
    }

    /// Waits for the steps gathered and forgets them; nil if there are none.
    ///
    /// - Parameter stepsDone: the number of steps done, for the error.
    /// - Throws: `TrainingError.notFinite` naming the first step with such a loss.
    func drain(stepsDone: Int) throws -> Means? {
        guard count > 0, let losses else { return nil }
        defer {
            count = 0
            hiddenLabels = []
        }
        let values = try backend.read(losses.slice(0..<count)).floats
        if let stray = values.firstIndex(where: { !$0.isFinite }) {
            throw TrainingError.notFinite(
                what: "the loss \"\(names[stray % names.count])\"", step: stepsDone - count + stray / names.count + 1,
                advice: TrainingError.adviceForDivergence)
        }
        var means: [String: Double] = [:]
        for (column, name) in names.enumerated() {
            let sum = stride(from: column, to: values.count, by: names.count).reduce(0.0) { $0 + Double(values[$1]) }
            means[name] = sum / Double(count)
        }
        guard let pseudoLabels, let masks else {
            return Means(
                losses: means, pseudoLabelRate: nil, pseudoLabelPrecision: nil, steps: count, pseudoLabels: nil)
        }
        let labels = try backend.read(pseudoLabels.slice(0..<count)).integers()
        let mask = try backend.read(masks.slice(0..<count)).floats
        let used = mask.indices.filter { mask[$0] > 0 }
        let known = used.filter { hiddenLabels[$0] != ImageDataset.unknownLabel }
        let right = known.filter { labels[$0] == hiddenLabels[$0] }
        return Means(
            losses: means, pseudoLabelRate: Double(used.count) / Double(max(1, mask.count)),
            pseudoLabelPrecision: known.isEmpty ? nil : Double(right.count) / Double(known.count), steps: count,
            pseudoLabels: (labels, mask, hiddenLabels))
    }
}
