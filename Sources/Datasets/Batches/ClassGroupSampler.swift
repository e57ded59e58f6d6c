import Tensors

/// Batches of P classes with Q labelled images each: for losses that compare images of one class with those of others.
/// A class with fewer images gives some of them more than once.
///
/// The batch of a step is a function of (seed, step): there is no state to save.
struct ClassGroupSampler: Sendable {
    /// For each class that has some, the positions of its images among the labelled ones.
    private let positionsOfClass: [[Int]]
    private let classesPerBatch: Int
    private let imagesPerClass: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - classesPerBatch: P, at least 2; no more than there are classes are taken.
    ///   - imagesPerClass: Q, at least 2.
    /// - Throws: `DatasetError.invalid` if there is nothing to compare.
    init(labels: [Int], classesPerBatch: Int, imagesPerClass: Int, seed: UInt64) throws {
        positionsOfClass = labels.positionsOfEachClass.map(\.positions)
        guard classesPerBatch >= 2, imagesPerClass >= 2, positionsOfClass.count >= 2 else {
            throw DatasetError.invalid(
                "batches of \(classesPerBatch) classes out of \(positionsOfClass.count) with \(imagesPerClass) images each "
                    + "have nothing to compare; at least 2 classes of 2 images are needed")
        }
        self.classesPerBatch = min(classesPerBatch, positionsOfClass.count)
        self.imagesPerClass = imagesPerClass
        self.seed = seed
    }

    /// The positions of step `step`, class after class. Classes and images are drawn without replacement as far as they go.
    func batch(at step: UInt32) -> [Int] {
        var order = PhiloxGenerator(
            // Sample 0 are the permutations that `BatchSampler` draws.
            RandomStream(seed: seed, purpose: .labelledOrder, step: step, sample: 1))
        return order.permutation(of: positionsOfClass.count).prefix(classesPerBatch).flatMap { label in
            let members = positionsOfClass[label]
            let chosen = order.permutation(of: members.count)
            return (0..<imagesPerClass).map { members[chosen[$0 % chosen.count]] }
        }
    }
}
