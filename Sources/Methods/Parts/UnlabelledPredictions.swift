/// What a network predicts of all unlabelled images, between steps.
public struct UnlabelledPredictions: Sendable {
    /// The most probable class of each image, of equal ones the lowest; in the order of the unlabelled images.
    public let labels: [Int32]
    /// Its probability.
    public let confidences: [Float]
    /// K.
    public let classes: Int

    /// - Throws: `MethodError.invalidInput` if there are not as many labels as confidences, or a label is not a class.
    public init(labels: [Int32], confidences: [Float], classes: Int) throws {
        guard labels.count == confidences.count, labels.allSatisfy({ (0..<classes).contains(Int($0)) }) else {
            throw MethodError.invalidInput(
                name: "unlabelled predictions",
                problem:
                    "has \(labels.count) labels and \(confidences.count) confidences, or a label that is none of the "
                    + "\(classes) classes")
        }
        self.labels = labels
        self.confidences = confidences
        self.classes = classes
    }

    /// How many images are predicted to be of each class.
    var counts: [Int] {
        labels.reduce(into: [Int](repeating: 0, count: classes)) { $0[Int($1)] += 1 }
    }

    /// The images predicted to be of each class, the most confident first; of equally confident ones the first.
    var imagesByConfidence: [[Int]] {
        var images = [[Int]](repeating: [], count: classes)
        for (image, label) in labels.enumerated() { images[Int(label)].append(image) }
        // Swift's sort is stable.
        return images.map { $0.sorted { confidences[$0] > confidences[$1] } }
    }
}
