import Foundation

/// What the papers on long-tailed recognition report of one evaluation. Parts, from 0 to 1.
public struct ClassificationMetrics: Hashable, Sendable, Encodable {
    /// Right answers among all images.
    public let accuracy: Double
    /// The mean of the classes' recalls. Equals the accuracy where the test set is balanced.
    public let balancedAccuracy: Double
    /// The geometric mean of the recalls, a recall of 0 counting as 1/(100 K), as DARP (Kim et al., 2020) has it.
    public let geometricMean: Double
    /// Right answers among the images of each class.
    public let recalls: [Double]
    /// The mean recall of classes with more than 100 labelled training images; nil if there is none.
    public let manyShotRecall: Double?
    /// The mean recall of classes with 21 to 100 labelled training images; nil if there is none.
    public let mediumShotRecall: Double?
    /// The mean recall of classes with at most 20 labelled training images; nil if there is none.
    public let fewShotRecall: Double?

    /// - Parameters:
    ///   - matrix: what became of the test images.
    ///   - trainingCounts: the labelled training images of each class.
    public init(_ matrix: ConfusionMatrix, trainingCounts: [Int]) {
        let recalls = matrix.recalls
        func mean(where belongs: (Int) -> Bool) -> Double? {
            let chosen = zip(recalls, trainingCounts).filter { belongs($0.1) }.map(\.0)
            return chosen.isEmpty ? nil : chosen.reduce(0, +) / Double(chosen.count)
        }
        let classes = Double(max(1, recalls.count))
        accuracy = matrix.accuracy
        balancedAccuracy = recalls.reduce(0, +) / classes
        geometricMean = exp(recalls.reduce(0) { $0 + log($1 > 0 ? $1 : 1 / (100 * classes)) } / classes)
        self.recalls = recalls
        manyShotRecall = mean { $0 > 100 }
        mediumShotRecall = mean { (21...100).contains($0) }
        fewShotRecall = mean { $0 <= 20 }
    }

    private enum CodingKeys: String, CodingKey {
        case accuracy
        case balancedAccuracy = "balanced_accuracy"
        case geometricMean = "geometric_mean"
        case recalls = "per_class_recall"
        case manyShotRecall = "many_shot_recall"
        case mediumShotRecall = "medium_shot_recall"
        case fewShotRecall = "few_shot_recall"
    }
}
