import Tensors

/// The newest features of each class, and their means: the class prototypes.
///
/// One first-in-first-out queue a class, all in one tensor on the device; where the next row goes is known to the host,
/// so nothing is read back. Source: DASO (Oh, Kim, Kweon, CVPR 2022), section 3.2, "balanced prototypes".
final class FeatureQueues {
    /// L: the most rows of each class.
    private let capacities: [Int]
    /// Where each class's rows begin.
    private let starts: [Int]
    /// D.
    let featureWidth: Int
    /// How many rows each class has.
    private(set) var counts: [Int]
    private var nextSlots: [Int]
    /// `[Σ L, D]`: the rows of class 0, then those of class 1, ….
    private let rows: Tensor
    /// int32 `[Σ L]`: the class of each row in use, −1 for the others.
    private let rowLabels: Tensor
    private let backend: any Backend

    /// Empty queues, one for each of `capacities`, which are at least 1.
    init(capacities: [Int], featureWidth: Int, on backend: any Backend) throws {
        self.capacities = capacities
        self.featureWidth = featureWidth
        self.backend = backend
        var total = 0
        starts = capacities.map { capacity in
            defer { total += capacity }
            return total
        }
        counts = [Int](repeating: 0, count: capacities.count)
        nextSlots = counts
        rows = try backend.tensor(repeating: 0, try Shape([total, featureWidth]))
        rowLabels = try backend.makeTensor(try Shape([total]), .int32)
        try writeRowLabels()
    }

    /// Appends row i of `features` `[B, D]` to the queue of its label, i ascending; the oldest rows make room.
    ///
    /// - Precondition: labels are classes; the caller has checked.
    func append(_ features: Tensor, labels: [Int32]) throws {
        var destinations = [Int32](repeating: -1, count: labels.count)
        var writer: [Int: Int] = [:]
        let countsBefore = counts
        for (index, label) in labels.map(Int.init).enumerated() {
            let slot = starts[label] + nextSlots[label]
            // A batch with more rows of one class than a queue holds overwrites its own rows: only the last is written.
            if let overwritten = writer.updateValue(index, forKey: slot) { destinations[overwritten] = -1 }
            destinations[index] = Int32(slot)
            nextSlots[label] = (nextSlots[label] + 1) % capacities[label]
            counts[label] = min(counts[label] + 1, capacities[label])
        }
        let indices = try backend.tensor(destinations, try Shape([labels.count]))
        try backend.scatterRows(features, indices: indices, into: rows)
        if counts != countsBefore { try writeRowLabels() }
    }

    /// `[K, D]`: the mean of each class's rows; zeros for a class that has none yet.
    func prototypes() throws -> Tensor {
        try backend.segmentMean(rows, labels: rowLabels, classes: capacities.count).mean
    }

    /// `[K]`: how many rows each class has, on the device.
    func fill() throws -> Tensor {
        try backend.tensor(counts.map(Float.init), try Shape([capacities.count]))
    }

    private func writeRowLabels() throws {
        var labels = [Int32](repeating: -1, count: rowLabels.count)
        for (label, count) in counts.enumerated() {
            for slot in 0..<count { labels[starts[label] + slot] = Int32(label) }
        }
        try labels.withUnsafeBytes { try backend.write($0, into: rowLabels) }
    }

    /// What a checkpoint holds. Waits.
    func state() throws -> [String: HostTensor] {
        [
            "queue_features": try backend.read(rows),
            "queue_count": try HostTensor(counts.map(Int32.init), shape: try Shape([capacities.count])),
            "queue_next": try HostTensor(nextSlots.map(Int32.init), shape: try Shape([capacities.count])),
        ]
    }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        let features = try reader.take("queue_features", rows.shape, .float32)
        let counts = try reader.take("queue_count", try Shape([capacities.count]), .int32).integers().map(Int.init)
        let nextSlots = try reader.take("queue_next", try Shape([capacities.count]), .int32).integers().map(Int.init)
        guard zip(counts, capacities).allSatisfy({ (0...$1).contains($0) }),
            zip(nextSlots, capacities).allSatisfy({ (0..<$1).contains($0) })
        else {
            throw MethodError.invalidState(name: "queue_count", problem: "or queue_next is beyond a queue's end")
        }
        try features.bytes.withUnsafeBytes { try backend.write($0, into: rows) }
        self.counts = counts
        self.nextSlots = nextSlots
        try writeRowLabels()
    }
}
