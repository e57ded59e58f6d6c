/// Class sizes that fall exponentially, cut out of classes that are large enough: the artificial benchmarks.
public struct LongTailedSizes: Codable, Hashable, Sendable {
    /// How the sizes of the unlabelled classes fall, compared with the labelled ones.
    public enum UnlabelledOrder: String, Codable, CaseIterable, Sendable {
        /// The head of the labelled images is the head of the unlabelled ones too.
        case consistent
        /// Every class is as large as the head; the unlabelled imbalance is not used.
        case uniform
        /// The head of the labelled images is the tail of the unlabelled ones.
        case reversed
        /// All images of a class that are not labelled; the unlabelled head and imbalance are not used.
        case rest
    }

    /// N₁: labelled images of the first class.
    public var labelledHead: Int
    /// γₗ = N₁/N_K, at least 1.
    public var labelledImbalance: Double
    /// M₁: unlabelled images of the largest class; 0 for none but those whose class nobody knows.
    public var unlabelledHead: Int
    /// γᵤ = M₁/M_K, at least 1.
    public var unlabelledImbalance: Double
    /// Which way the unlabelled classes fall.
    public var unlabelledOrder: UnlabelledOrder

    /// A wish; whether it makes sense shows when a split is made.
    public init(
        labelledHead: Int, labelledImbalance: Double, unlabelledHead: Int, unlabelledImbalance: Double,
        unlabelledOrder: UnlabelledOrder = .consistent
    ) {
        self.labelledHead = labelledHead
        self.labelledImbalance = labelledImbalance
        self.unlabelledHead = unlabelledHead
        self.unlabelledImbalance = unlabelledImbalance
        self.unlabelledOrder = unlabelledOrder
    }

    /// N_k and M_k out of so many images of each class. Whether there are enough is not looked at.
    ///
    /// - Throws: `DatasetError.invalid` for heads and imbalances that make no sense or leave a class without a label.
    func counts(available: [Int]) throws -> (labelled: [Int], unlabelled: [Int]) {
        let classes = available.count
        let labelled = try explained("labelled images") {
            try LongTail.counts(head: labelledHead, imbalance: labelledImbalance, classes: classes)
        }
        if let empty = labelled.firstIndex(of: 0) {
            throw DatasetError.invalid(
                "class \(empty) is left without a labelled image: a head of \(labelledHead) is smaller than the "
                    + "imbalance of \(labelledImbalance.shortDescription); raise the head or lower the imbalance")
        }
        guard unlabelledOrder != .rest else { return (labelled, zip(available, labelled).map { max(0, $0 - $1) }) }
        guard unlabelledHead != 0 else { return (labelled, Array(repeating: 0, count: classes)) }
        let unlabelled = try explained("unlabelled images") {
            try LongTail.counts(
                head: unlabelledHead, imbalance: unlabelledOrder == .uniform ? 1 : unlabelledImbalance,
                classes: classes)
        }
        return (labelled, unlabelledOrder == .reversed ? unlabelled.reversed() : unlabelled)
    }

    /// Says which images an error is about.
    private func explained(_ subject: String, _ counts: () throws -> [Int]) throws -> [Int] {
        do {
            return try counts()
        } catch DatasetError.invalid(let problem) {
            throw DatasetError.invalid("\(subject): \(problem)")
        }
    }
}
