import Tensors

/// Which items each step sees: random permutations of all items one after another, cut into batches of equal size.
/// A batch may begin in one permutation and end in the next, so none is short.
///
/// The batch of a step is a function of (seed, purpose, step): there is no state to save.
struct BatchSampler: Sendable {
    /// The number of items to draw from.
    let count: Int
    /// Items in each batch.
    let batchSize: Int
    /// The run's seed.
    let seed: UInt64
    /// `.labelledOrder` or `.unlabelledOrder`.
    let purpose: RandomStream.Purpose

    /// The permutation used last, since it usually serves the next batch too.
    private var latest: (epoch: Int, order: [Int])?

    /// - Precondition: `count` is positive and `batchSize` is not negative.
    init(count: Int, batchSize: Int, seed: UInt64, purpose: RandomStream.Purpose) {
        self.count = count
        self.batchSize = batchSize
        self.seed = seed
        self.purpose = purpose
    }

    /// The items of step `step`, `batchSize` numbers in `0..<count`.
    mutating func batch(at step: Int) -> [Int] {
        let start = step * batchSize
        return (start..<start + batchSize).map { position in
            let (epoch, index) = position.quotientAndRemainder(dividingBy: count)
            return order(ofEpoch: epoch)[index]
        }
    }

    private mutating func order(ofEpoch epoch: Int) -> [Int] {
        if let latest, latest.epoch == epoch { return latest.order }
        var generator = PhiloxGenerator(
            RandomStream(seed: seed, purpose: purpose, step: UInt32(truncatingIfNeeded: epoch)))
        let order = generator.permutation(of: count)
        latest = (epoch, order)
        return order
    }
}
