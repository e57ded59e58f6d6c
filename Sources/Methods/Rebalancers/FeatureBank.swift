import Tensors

/// Features of unlabelled images and their pseudo-labels, as many as fit; those that enter a full bank overwrite others.
///
/// The features stay on the device; the labels are the host's, which decides what enters and what is drawn.
/// Source: BMB, the authors' code (github.com/wujianP/ImbalancedSSL), BMB/engine/utils/tcp.py.
final class FeatureBank {
    /// The most rows.
    let capacity: Int
    /// The label of each row in use.
    private(set) var labels: [Int] = []
    private let classes: Int
    /// `[capacity, D]`; rows not in use are zeros.
    private let features: Tensor
    private let backend: any Backend

    init(classes: Int, capacity: Int, featureWidth: Int, on backend: any Backend) throws {
        self.classes = classes
        self.capacity = capacity
        self.backend = backend
        features = try backend.tensor(repeating: 0, try Shape([capacity, featureWidth]))
    }

    /// How many rows of each class there are.
    var counts: [Int] {
        labels.reduce(into: [Int](repeating: 0, count: classes)) { $0[$1] += 1 }
    }

    /// ``counts`` on the device, `[K]`.
    func fill() throws -> Tensor {
        try backend.tensor(counts.map(Float.init), try Shape([classes]))
    }

    /// Writes `rows` of `newFeatures` `[N, D]`, in this order, to the rows that are free and then to those that are given
    /// up. Of more rows than there is room for, the first are taken.
    ///
    /// - Parameter rowsToRemove: asked, where they do not all fit, for so many distinct rows in use.
    func insert(
        _ rows: [(row: Int, label: Int)], of newFeatures: Tensor, removing rowsToRemove: (_ count: Int) throws -> [Int]
    ) throws {
        let entering = rows.prefix(capacity)
        guard !entering.isEmpty else { return }
        let free = labels.count..<min(labels.count + entering.count, capacity)
        let excess = entering.count - free.count
        let slots = Array(free) + (excess > 0 ? try rowsToRemove(excess) : [])
        var destinations = [Int32](repeating: -1, count: newFeatures.shape.rows)
        labels += [Int](repeating: 0, count: free.count)
        for (slot, (row, label)) in zip(slots, entering) {
            destinations[row] = Int32(slot)
            labels[slot] = label
        }
        try backend.scatterRows(
            newFeatures, indices: backend.tensor(destinations, try Shape([destinations.count])), into: features)
    }

    /// The features `[n, D]` and labels int32 `[n]` of n rows in use.
    func rows(_ rows: [Int]) throws -> (features: Tensor, labels: Tensor) {
        let shape = try Shape([rows.count])
        return (
            try backend.gatherRows(features, indices: backend.tensor(rows.map(Int32.init), shape)),
            try backend.tensor(rows.map { Int32(labels[$0]) }, shape)
        )
    }

    /// Empties it.
    func removeAll() throws {
        labels = []
        try backend.fill(features, with: 0)
    }

    /// What a checkpoint holds. Waits.
    func state() throws -> [String: HostTensor] {
        let unused = [Int32](repeating: -1, count: capacity - labels.count)
        return [
            "bank.features": try backend.read(features),
            "bank.labels": try HostTensor(labels.map(Int32.init) + unused, shape: try Shape([capacity])),
            "bank.count": try HostTensor([Int32(labels.count)], shape: [1]),
        ]
    }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        let savedFeatures = try reader.take("bank.features", features.shape, .float32)
        let savedLabels = try reader.take("bank.labels", try Shape([capacity]), .int32).integers().map(Int.init)
        let count = Int(try reader.take("bank.count", [1], .int32).integers()[0])
        guard (0...capacity).contains(count), savedLabels.prefix(count).allSatisfy((0..<classes).contains) else {
            throw MethodError.invalidState(name: "bank.labels", problem: "or bank.count is not one of this bank's")
        }
        try savedFeatures.bytes.withUnsafeBytes { try backend.write($0, into: features) }
        labels = Array(savedLabels.prefix(count))
    }
}
