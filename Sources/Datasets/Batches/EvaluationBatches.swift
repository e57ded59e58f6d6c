/// Images to evaluate on: normalised, not augmented, in a fixed order.
public struct EvaluationBatch: Sendable {
    /// `[N, H, W, C]`.
    public let images: [Float]
    /// The classes, N of them.
    public let labels: [Int32]
}

/// A data set, or a part of it, cut into batches of one size; the last one may be shorter. A batch is made when it is
/// asked for.
public struct EvaluationBatches: RandomAccessCollection, Sendable {
    private let dataset: ImageDataset
    private let members: [Int]
    private let batchSize: Int
    private let normalization: ImageNormalization

    /// Batches of all images, or of those at `members`, in that order.
    ///
    /// - Throws: `DatasetError.invalid` if the batch size is not positive, an index is out of range, or the
    ///   normalization is for another number of channels.
    public init(
        _ dataset: ImageDataset, members: [Int]? = nil, batchSize: Int, normalization: ImageNormalization
    ) throws {
        let members = members ?? Array(dataset.labels.indices)
        guard batchSize > 0 else {
            throw DatasetError.invalid("an evaluation batch has at least 1 image, not \(batchSize)")
        }
        guard members.allSatisfy(dataset.labels.indices.contains) else {
            throw DatasetError.invalid("images beyond the \(dataset.count) of \(dataset.name) are to be evaluated")
        }
        guard normalization.channels == dataset.channels else {
            throw DatasetError.invalid(
                "\(dataset.name) has \(dataset.channels) channels, the normalization \(normalization.channels)")
        }
        self.dataset = dataset
        self.members = members
        self.batchSize = batchSize
        self.normalization = normalization
    }

    /// Always 0.
    public var startIndex: Int { 0 }

    /// The number of batches.
    public var endIndex: Int { members.isEmpty ? 0 : (members.count - 1) / batchSize + 1 }

    /// The batch at `position`, a number in `0..<count`.
    public subscript(position: Int) -> EvaluationBatch {
        let part = members.dropFirst(position * batchSize).prefix(batchSize)
        let imageLength = dataset.imageByteCount
        let images = [Float](unsafeUninitializedCapacity: part.count * imageLength) { buffer, filled in
            for (row, index) in part.enumerated() {
                let source = dataset.image(at: index).pixels[...]
                let destination = buffer[row * imageLength..<(row + 1) * imageLength]
                normalization.normalize(source, into: UnsafeMutableBufferPointer(rebasing: destination))
            }
            filled = part.count * imageLength
        }
        return EvaluationBatch(images: images, labels: part.map { Int32(dataset.labels[$0]) })
    }
}
