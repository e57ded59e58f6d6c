import Tensors

/// Batches of labelled images in which each class is as frequent as any other, give or take one image.
///
/// The batch of a step is a function of (seed, step): there is no state to save.
struct ClassBalancedSampler: Sendable {
    /// For each class that has some, the positions of its images among the labelled ones.
    private let positionsOfClass: [[Int]]
    private let batchSize: Int
    private let seed: UInt64

    /// - Precondition: there is a label, unless `batchSize` is 0.
    init(labels: [Int], batchSize: Int, seed: UInt64) {
        positionsOfClass = labels.positionsOfEachClass.map(\.positions)
        self.batchSize = batchSize
        self.seed = seed
    }

    /// The positions of step `step`: classes in random order, one after another and again from the first, and of each class
    /// an image by chance.
    func batch(at step: UInt32) -> [Int] {
        guard batchSize > 0 else { return [] }
        var generator = PhiloxGenerator(RandomStream(seed: seed, purpose: .balancedOrder, step: step))
        let order = generator.permutation(of: positionsOfClass.count)
        return (0..<batchSize).map { row in
            let members = positionsOfClass[order[row % order.count]]
            return members[generator.integer(below: members.count)]
        }
    }
}

extension [Int] {
    /// For each class that some of these labels name, in ascending order, the positions of its labels.
    var positionsOfEachClass: [(label: Int, positions: [Int])] {
        Dictionary(grouping: indices) { self[$0] }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
