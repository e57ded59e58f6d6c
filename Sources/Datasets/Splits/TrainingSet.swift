/// What is learned from: images with a label, right or not, and images without.
///
/// A split gives the first one; rounds of pseudo-labelling move images from one side to the other.
public struct TrainingSet: Hashable, Sendable {
    /// Indices of the images that have a label.
    public var labelled: [Int]
    /// What learning takes for their classes.
    public var labels: [Int]
    /// Indices of the images that have none.
    public var unlabelled: [Int]

    /// - Throws: `DatasetError.invalid` unless every labelled image has one label, and images and classes exist.
    public init(labelled: [Int], labels: [Int], unlabelled: [Int], of dataset: ImageDataset) throws {
        guard labels.count == labelled.count else {
            throw DatasetError.invalid("\(labelled.count) labelled images have \(labels.count) labels")
        }
        guard labelled.allSatisfy(dataset.labels.indices.contains),
            unlabelled.allSatisfy(dataset.labels.indices.contains)
        else { throw DatasetError.invalid("the split names images beyond the \(dataset.count) of \(dataset.name)") }
        guard labels.allSatisfy(dataset.classNames.indices.contains) else {
            throw DatasetError.invalid(
                "a label is not one of the \(dataset.classNames.count) classes of \(dataset.name)")
        }
        self.labelled = labelled
        self.labels = labels
        self.unlabelled = unlabelled
    }

    /// What a split of the data set begins with.
    ///
    /// - Throws: `DatasetError.invalid` if the split is not of this data set.
    public init(_ split: DatasetSplit, of dataset: ImageDataset) throws {
        try self.init(
            labelled: split.labelled,
            labels: split.noisyLabels
                ?? split.labelled.map { dataset.labels.indices.contains($0) ? dataset.labels[$0] : 0 },
            unlabelled: split.unlabelled, of: dataset)
    }

    /// Labels of each class: what learning takes for N_k.
    public func labelCounts(classes: Int) -> [Int] {
        labels.reduce(into: Array(repeating: 0, count: classes)) { counts, label in
            if counts.indices.contains(label) { counts[label] += 1 }
        }
    }
}
