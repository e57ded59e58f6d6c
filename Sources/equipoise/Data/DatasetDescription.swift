import Datasets

/// What is in a data set: for people, and as JSON.
struct DatasetDescription: Encodable, CustomStringConvertible {
    private let path: String
    private let name: String
    private let height: Int
    private let width: Int
    private let channels: Int
    private let classNames: [String]
    private let trainCounts: [Int]
    private let testCounts: [Int]
    private let withoutLabel: Int
    private let mean: [Float]
    private let standardDeviation: [Float]
    private let duplicatesInTrain: Int
    private let testImagesInTrain: Int
    private let warnings: [String]

    init(_ images: ImageCollection, path: String) {
        self.path = path
        name = images.train.name
        (height, width, channels) = (images.train.height, images.train.width, images.train.channels)
        classNames = images.train.classNames
        trainCounts = images.train.classCounts
        testCounts = images.test.classCounts
        withoutLabel = images.train.count - trainCounts.reduce(0, +)
        mean = images.normalization.mean
        standardDeviation = images.normalization.standardDeviation
        (duplicatesInTrain, testImagesInTrain) = images.duplicates
        warnings = images.warnings
    }

    private enum CodingKeys: String, CodingKey {
        case path, name, height, width, channels
        case classNames = "class_names"
        case trainCounts = "train_counts"
        case testCounts = "test_counts"
        case withoutLabel = "without_label"
        case mean
        case standardDeviation = "standard_deviation"
        case duplicatesInTrain = "duplicates_in_train"
        case testImagesInTrain = "test_images_in_train"
        case warnings
    }

    var description: String {
        let counts = [trainCounts, testCounts]
        var rows = [["class", "train", "test"]]
        for (label, name) in classNames.enumerated() { rows.append([name] + counts.map { "\($0[label])" }) }
        if withoutLabel > 0 { rows.append(["(without label)", "\(withoutLabel)", "0"]) }
        rows.append(["all", "\(trainCounts.reduce(withoutLabel, +))", "\(testCounts.reduce(0, +))"])
        rows.append(["largest class for one of the smallest"] + counts.map(Self.imbalance))
        let list = { (values: [Float]) in values.map { "\($0)" }.joined(separator: " ") }
        let colour = channels == 1 ? "grey" : "colour"
        return
            (["\(path): \(name), \(classNames.count) classes, images of \(height)×\(width) in \(colour)"]
            + AlignedTable.lines(rows)
            + [
                "normalised by mean \(list(mean)), standard deviation \(list(standardDeviation)), as parts of 255",
                "training images that are there a second time: \(duplicatesInTrain); test images that are training images, "
                    + "too: \(testImagesInTrain)",
            ] + warnings.map { "warning: \($0)" }).joined(separator: "\n")
    }

    private static func imbalance(_ counts: [Int]) -> String {
        guard let smallest = counts.min(), let largest = counts.max(), smallest > 0 else { return "-" }
        let tenths = (largest * 10 + smallest / 2) / smallest
        return "\(tenths / 10).\(tenths % 10)"
    }
}
