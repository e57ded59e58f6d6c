import Foundation
import TensorFiles

/// `summary.json`: the result of a run.
public struct Summary: Sendable, Encodable {
    /// The recipe's name.
    public let recipe: String
    /// The run's seed.
    public let seed: Int
    /// The device's identifier and name.
    public let device: String
    /// Training steps done.
    public let steps: Int
    /// Seconds since the run began, resumed parts and evaluations included.
    public let seconds: Double
    /// Training images of all views a second of training steps.
    public let imagesPerSecond: Double
    /// The last evaluation of the moving-average model.
    public let evaluation: Evaluation
    /// A name for each class.
    public let classNames: [String]
    /// The labelled training images of each class.
    public let labelledCounts: [Int]
    /// The median balanced accuracy of the last 20 evaluations, which DASO's paper reports.
    public let medianBalancedAccuracy: Double
    /// How many evaluations there were.
    public let evaluations: Int

    private enum CodingKeys: String, CodingKey {
        case recipe, seed, device, steps, seconds, evaluations
        case imagesPerSecond = "images_per_second"
        case classNames = "class_names"
        case labelledCounts = "labelled_counts"
        case medianBalancedAccuracy = "median_balanced_accuracy_of_last_20"
    }

    /// One flat object, the evaluation's numbers beside the others.
    public func encode(to encoder: any Encoder) throws {
        try evaluation.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(recipe, forKey: .recipe)
        try container.encode(seed, forKey: .seed)
        try container.encode(device, forKey: .device)
        try container.encode(steps, forKey: .steps)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
        try container.encode(classNames, forKey: .classNames)
        try container.encode(labelledCounts, forKey: .labelledCounts)
        try container.encode(medianBalancedAccuracy, forKey: .medianBalancedAccuracy)
        try container.encode(evaluations, forKey: .evaluations)
    }

    /// Writes the file atomically.
    ///
    /// - Throws: `FileError.cannotWrite`.
    func write(to path: String) throws {
        try AtomicFile.write(try JSONEncoder.sortedDocument.encode(self), to: path)
    }
}
