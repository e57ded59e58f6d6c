import Methods

/// `rounds.*`: metric learning, pseudo-labels from the nearest centres, and training of the classifier with them, again and
/// again. Absent, or with the count 0, there are none.
public struct RoundsSettings: Sendable {
    /// `rounds.count`.
    public let count: Int
    /// `rounds.metric_steps`: of metric learning in each round. `training.steps` are those of the classifier.
    public let metricSteps: Int
    /// `rounds.margin`: by how much another class must be farther than the own one.
    public let margin: Double
    /// `rounds.consistency_weight`: of the loss that draws two views of an unlabelled image together; 0 for learning from
    /// labelled images alone.
    public let consistencyWeight: Double
    /// `rounds.classes_per_batch`.
    public let classesPerBatch: Int
    /// `rounds.images_per_class`: of a batch.
    public let imagesPerClass: Int
    /// `rounds.images_per_centre`: a class with more labelled images gets more centres.
    public let imagesPerCentre: Int
    /// `rounds.maximum_centres` of a class.
    public let maximumCentres: Int
    /// `rounds.distance_ratio`: an image waits for a later round unless its nearest centre is nearer than this times the
    /// nearest one of another class.
    public let distanceRatio: Double
    /// `rounds.learning_rate_factor`: of the classifier's training, times `optimizer.learning_rate`.
    public let learningRateFactor: Double

    private static let countKey = "rounds.count"

    /// Nil where the recipe does without.
    static func read(_ reader: inout RecipeReader) throws -> Self? {
        guard reader.hasSection("rounds") else { return nil }
        guard try reader.withoutNoting({ try $0.integer(countKey, from: 0, to: 1000) }) > 0 else {
            reader.passOver("rounds")
            return nil
        }
        return try Self(&reader)
    }

    private init(_ reader: inout RecipeReader) throws {
        count = try reader.integer(Self.countKey, from: 1, to: 1000)
        metricSteps = try reader.integer("rounds.metric_steps", from: 1)
        margin = try reader.number("rounds.margin", .notNegative, default: 0.3)
        consistencyWeight = try reader.number("rounds.consistency_weight", .notNegative, default: 0)
        classesPerBatch = try reader.integer("rounds.classes_per_batch", from: 2, to: 65_536, default: 8)
        imagesPerClass = try reader.integer("rounds.images_per_class", from: 2, to: 1024, default: 8)
        imagesPerCentre = try reader.integer("rounds.images_per_centre", from: 1, default: 50)
        maximumCentres = try reader.integer("rounds.maximum_centres", from: 1, to: 65_536, default: 10)
        distanceRatio = try reader.number("rounds.distance_ratio", .positive, default: 0.9)
        learningRateFactor = try reader.number("rounds.learning_rate_factor", .positive, default: 0.1)
    }

    /// Labelled images of a step of metric learning.
    func labelledBatch(_ classes: Int) -> Int { min(classesPerBatch, classes) * imagesPerClass }

    /// Unlabelled images of a step of metric learning, each in two views: as many.
    func unlabelledBatch(_ classes: Int) -> Int { consistencyWeight > 0 ? labelledBatch(classes) : 0 }

    /// Which images a round pseudo-labels: of each class up to `⌈|U|/(R·K)⌉`; the last one takes all.
    func selection(round: Int, unlabelledAtFirst: Int, classes: Int) -> NearestCentreSelection {
        guard round + 1 < count else { return NearestCentreSelection(quota: .max, largestDistanceRatio: nil) }
        let parts = count * max(1, classes)
        return NearestCentreSelection(
            quota: (unlabelledAtFirst + parts - 1) / parts, largestDistanceRatio: Float(distanceRatio))
    }
}
