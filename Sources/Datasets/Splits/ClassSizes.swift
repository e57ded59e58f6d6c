/// How many images of each class a split labels, and how many it leaves unlabelled.
public enum ClassSizes: Hashable, Sendable {
    /// So many that the classes become long-tailed.
    case longTailed(LongTailedSizes)
    /// For classes that are long-tailed by themselves: of each class this part is labelled, above 0 and at most 1, rounded
    /// up to whole images, and the rest is unlabelled. Nothing is left out.
    ///
    /// So the larger benchmarks are made: 10 % and 1 % of ImageNet127 (Wei et al., "CReST", CVPR 2021), 20 % and 50 % of
    /// ImageNet-LT (Peng et al., "BMB", 2023, whose code rounds up).
    case labelledFraction(Double)

    /// N_k and M_k out of so many images of each class.
    ///
    /// - Throws: `DatasetError.invalid` for a wish that makes no sense or leaves a class without a label. Whether
    ///   long-tailed classes are large enough is not looked at.
    func counts(available: [Int]) throws -> (labelled: [Int], unlabelled: [Int]) {
        switch self {
        case .longTailed(let sizes):
            return try sizes.counts(available: available)
        case .labelledFraction(let fraction):
            guard fraction > 0, fraction <= 1 else {
                throw DatasetError.invalid(
                    "the labelled part of each class is above 0 and at most 1, not \(fraction.shortDescription)")
            }
            if let empty = available.firstIndex(where: { $0 <= 0 }) {
                throw DatasetError.invalid(
                    "class \(empty) has no training image that could be labelled; leave the class out of the data set, or "
                        + "keep fewer images for validation")
            }
            let labelled = available.map { Self.roundedUp(fraction, of: $0) }
            return (labelled, zip(available, labelled).map(-))
        }
    }

    /// In double precision 0.07 of 100 are a little more than 7; they must not become 8.
    private static func roundedUp(_ fraction: Double, of count: Int) -> Int {
        min(count, Int((fraction * Double(count) * (1 - 1e-12)).rounded(.up)))
    }
}

/// The values of whichever case it is, with no word for the case.
extension ClassSizes: Codable {
    private enum CodingKeys: CodingKey {
        case labelledFraction
    }

    /// Reads a fraction where there is one.
    public init(from decoder: any Decoder) throws {
        let fraction = try decoder.container(keyedBy: CodingKeys.self)
            .decodeIfPresent(Double.self, forKey: .labelledFraction)
        self = try fraction.map { .labelledFraction($0) } ?? .longTailed(LongTailedSizes(from: decoder))
    }

    /// Writes the values of the case.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .longTailed(let sizes):
            try sizes.encode(to: encoder)
        case .labelledFraction(let fraction):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(fraction, forKey: .labelledFraction)
        }
    }
}
