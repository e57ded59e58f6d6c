/// How good the pseudo-labels of each class are, by the hidden labels where the data have them. Learning never sees it.
struct PseudoLabelTally {
    /// Unlabelled images seen, by hidden class; those whose class nobody knows are not counted.
    private var seen: [Int]
    /// Those of them whose pseudo-label was used, by hidden class.
    private var covered: [Int]
    /// Pseudo-labels used, by their class.
    private var used: [Int]
    /// Those of them whose hidden class is known.
    private var known: [Int]
    /// Those of them that are the hidden class.
    private var right: [Int]

    /// Nothing seen yet.
    init(classes: Int) {
        seen = [Int](repeating: 0, count: classes)
        (covered, used, known, right) = (seen, seen, seen, seen)
    }

    /// Counts unlabelled images; what is no class is passed over.
    ///
    /// - Parameters:
    ///   - labels: pseudo-labels.
    ///   - mask: above 0 where a pseudo-label is used.
    ///   - hiddenLabels: the true classes, as far as they are known.
    mutating func add(labels: [Int32], mask: [Float], hiddenLabels: [Int32]) {
        for ((label, weight), hidden) in zip(zip(labels, mask), hiddenLabels) {
            let (label, hidden, isUsed) = (Int(label), Int(hidden), weight > 0)
            guard seen.indices.contains(label) else { continue }
            if isUsed { used[label] += 1 }
            guard seen.indices.contains(hidden) else { continue }
            seen[hidden] += 1
            guard isUsed else { continue }
            covered[hidden] += 1
            known[label] += 1
            if label == hidden { right[label] += 1 }
        }
    }

    /// What was counted; nil if nothing was.
    var report: PseudoLabelReport? {
        guard (seen + used).contains(where: { $0 > 0 }) else { return nil }
        func share(_ part: [Int], of whole: [Int]) -> [Double?] {
            zip(part, whole).map { $1 > 0 ? Double($0) / Double($1) : nil }
        }
        return PseudoLabelReport(
            precisions: share(right, of: known), recalls: share(right, of: seen), coverages: share(covered, of: seen),
            counts: used)
    }
}

/// The pseudo-labels since the last evaluation, class by class.
public struct PseudoLabelReport: Sendable, Hashable, Encodable {
    /// Of the pseudo-labels used of a class, the part that is right, as far as anybody knows; nil where nobody does.
    public let precisions: [Double?]
    /// Of the images of a hidden class, the part whose pseudo-label is used and right; nil where none was seen.
    public let recalls: [Double?]
    /// Of the images of a hidden class, the part whose pseudo-label is used, right or wrong.
    public let coverages: [Double?]
    /// Pseudo-labels used of each class.
    public let counts: [Int]

    private enum CodingKeys: String, CodingKey {
        case counts
        case precisions = "precision"
        case recalls = "recall"
        case coverages = "coverage"
    }
}
