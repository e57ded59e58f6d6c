import Tensors

/// Wrong labels, added on purpose: of the labelled images some get another class, while the counts of the right classes
/// stay what the split made them.
///
/// Source of the three kinds: Wei, Shi, Tu, Li, "Robust long-tailed learning under label noise" (RoLT), 2021, official
/// code, where they are called `sym`, `imb` and `new`.
public struct LabelNoise: Codable, Hashable, Sendable {
    /// Where the wrong labels go.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// Every other class is equally likely, so that most wrong labels leave the head and small classes fill with them.
        case symmetric
        /// Another class, in proportion to its size.
        case imbalanced
        /// Any class in proportion to its size; so many images are drawn that `rate` of all end up wrong on average.
        case prior
    }

    /// Where the wrong labels go.
    public var kind: Kind
    /// The part of the labels that is made wrong, from 0 to 1.
    public var rate: Double

    /// Noise of one kind.
    public init(_ kind: Kind, rate: Double) {
        self.kind = kind
        self.rate = rate
    }

    /// The labels with noise: `⌊rate · N⌋` images drawn without replacement get a new label; for ``Kind/prior``
    /// `⌊rate / (1 − Σ πₖ²) · N⌋`, since the class drawn may be the right one.
    ///
    /// - Throws: `DatasetError.invalid` if the rate cannot be reached, or a class is left without a label.
    func applied(to labels: [Int], counts: [Int], seed: UInt64) throws -> [Int] {
        guard rate >= 0, rate <= 1 else {
            throw DatasetError.invalid("label noise is a part of the labels, from 0 to 1, not \(rate)")
        }
        guard counts.count(where: { $0 > 0 }) >= 2 else {
            throw DatasetError.invalid("label noise needs labelled images of at least 2 classes")
        }
        let count = Int(wantedPart(counts) * Double(labels.count))
        guard count <= labels.count else {
            throw DatasetError.invalid(
                "no \(rate) of the labels can be wrong when they are drawn by the classes' sizes; lower the label noise"
            )
        }
        var generator = PhiloxGenerator(RandomStream(seed: seed, purpose: .labelNoise))
        var noisy = labels
        for index in generator.permutation(of: labels.count).prefix(count) {
            noisy[index] = newLabel(for: labels[index], counts: counts, drawingFrom: &generator)
        }
        if let empty = counts.indices.first(where: { !noisy.contains($0) }) {
            throw DatasetError.invalid(
                "label noise leaves class \(empty) without a label; lower it, or take another seed or more labelled images"
            )
        }
        return noisy
    }

    /// The part of the images that is drawn.
    private func wantedPart(_ counts: [Int]) -> Double {
        guard kind == .prior else { return rate }
        let total = Double(counts.reduce(0, +))
        return rate / (1 - counts.reduce(0) { $0 + Double($1) * Double($1) } / (total * total))
    }

    private func newLabel(for label: Int, counts: [Int], drawingFrom generator: inout PhiloxGenerator) -> Int {
        switch kind {
        case .symmetric:
            return (label + 1 + generator.integer(below: counts.count - 1)) % counts.count
        case .imbalanced:
            var others = counts
            others[label] = 0
            return Self.draw(inProportionTo: others, from: &generator)
        case .prior:
            return Self.draw(inProportionTo: counts, from: &generator)
        }
    }

    private static func draw(inProportionTo counts: [Int], from generator: inout PhiloxGenerator) -> Int {
        var rest = generator.integer(below: counts.reduce(0, +))
        for (label, count) in counts.enumerated() {
            guard rest >= count else { return label }
            rest -= count
        }
        return counts.count - 1
    }
}
