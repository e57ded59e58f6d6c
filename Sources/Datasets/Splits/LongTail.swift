import Foundation

/// Class sizes that fall exponentially from the first class, the head, to the last, the tail.
public enum LongTail {
    /// Far more than any data set has; without a limit the arithmetic could overflow.
    private static let largestHead = 1 << 32

    /// `N_k = ⌊head · imbalance^(−k/(K−1))⌋` for k = 0..<K in double precision; a single class has `head` items.
    ///
    /// Source: Cui, Jia, Lin, Song, Belongie, "Class-balanced loss based on effective number of samples", CVPR 2019.
    ///
    /// - Throws: `DatasetError.invalid` unless head and number of classes are positive and the imbalance is a number of
    ///   at least 1.
    public static func counts(head: Int, imbalance: Double, classes: Int) throws -> [Int] {
        guard classes > 0 else { throw DatasetError.invalid("a long tail needs at least 1 class, got \(classes)") }
        guard head > 0 else { throw DatasetError.invalid("the head class needs at least 1 image, got \(head)") }
        guard head <= largestHead else {
            throw DatasetError.invalid("the head class can have at most \(largestHead) images, got \(head)")
        }
        guard imbalance >= 1, imbalance.isFinite else {
            throw DatasetError.invalid(
                "the imbalance is the head's size over the tail's, at least 1, got \(imbalance.shortDescription)")
        }
        return (0..<classes).map { index in
            index == 0 ? head : Int(Double(head) * pow(imbalance, -Double(index) / Double(classes - 1)))
        }
    }
}

extension Double {
    /// `0.5`, but `50` rather than `50.0`.
    var shortDescription: String { description.hasSuffix(".0") ? String(description.dropLast(2)) : description }
}
