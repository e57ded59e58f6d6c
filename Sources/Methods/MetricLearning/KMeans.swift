import Tensors

/// Groups of points around centres: Lloyd's algorithm from centres drawn by k-means++.
///
/// Sources: Lloyd, "Least squares quantization in PCM", 1982; Arthur, Vassilvitskii, "k-means++: the advantages of careful
/// seeding", SODA 2007.
public struct KMeans {
    /// `[C, D]`.
    public let centres: Tensor
    /// int32 `[N]`: each point's nearest centre when the centres were last moved, of equally near ones the first.
    public let assignments: Tensor
    /// `[N, 1]`: the points' squared distances from these centres, as they were before they moved.
    public let squaredDistances: Tensor
    /// int32 `[C]`: the points of each centre.
    public let counts: Tensor

    /// One step: each point `[N, D]` goes to its nearest centre `[C, D]`, and each centre to the mean of its points; one
    /// that has none stays.
    public init(movingCentres centres: Tensor, to points: Tensor, on backend: any Backend) throws {
        try Expect.matrix(points, "the points", operation: "KMeans")
        try Expect.shape(
            centres, [centres.shape.rows, points.shape.columns], "the matrix of centres", operation: "KMeans")
        let count = centres.shape.rows
        assignments = try backend.argmaxRows(backend.proximities(points, to: centres)).indices
        squaredDistances = try backend.squaredDistances(points, to: centres, indices: assignments)
        let (means, counts) = try backend.segmentMean(points, labels: assignments, classes: count)
        self.counts = counts
        // The mean of no points is zeros, so that the old centre can be added.
        let sizes = try backend.histogram(assignments, classes: count).reshaped(to: try Shape([count, 1]))
        let isOccupied = try backend.binary(.minimum, sizes, backend.tensor(repeating: 1, [1]))
        let stays = try backend.affine(isOccupied, scale: -1, shift: 1)
        self.centres = try backend.binary(.add, means, backend.binary(.multiply, centres, stays))
    }

    /// How often centres are moved if points go on changing between them.
    private static let maximumSteps = 100

    /// Clusters the points `[N, D]`: at most `count` centres, fewer if there are not as many different points. Waits.
    ///
    /// - Parameter stream: where the first centres are drawn from; the same stream gives the same centres.
    /// - Throws: `TensorError.invalidArgument` if there is no point, or `count` is not positive.
    public init(clustering points: Tensor, count: Int, stream: RandomStream, on backend: any Backend) throws {
        try Expect.matrix(points, "the points", operation: "KMeans")
        try Expect.positive(points.shape.rows, "the number of points", operation: "KMeans")
        try Expect.positive(count, "the number of centres", operation: "KMeans")
        var generator = PhiloxGenerator(stream)
        let seeds = try Self.seeds(in: points, count: count, using: &generator, on: backend)
        var clusters = try KMeans(movingCentres: seeds, to: points, on: backend)
        var assignments = try backend.read(clusters.assignments)
        for _ in 1..<Self.maximumSteps {
            let next = try KMeans(movingCentres: clusters.centres, to: points, on: backend)
            let nextAssignments = try backend.read(next.assignments)
            clusters = next
            if nextAssignments == assignments { break }
            assignments = nextAssignments
        }
        self = clusters
    }

    /// The sum of all points' squared distances from their centres: `[1]`.
    public func inertia(on backend: any Backend) throws -> Tensor {
        try backend.sum(squaredDistances, scale: 1)
    }

    /// k-means++: the first centre is any point; each other one a point drawn in proportion to its squared distance from
    /// the nearest centre so far.
    private static func seeds(
        in points: Tensor, count: Int, using generator: inout PhiloxGenerator, on backend: any Backend
    ) throws -> Tensor {
        let rows = points.shape.rows
        var chosen = [generator.integer(below: rows)]
        var distances: Tensor?
        while chosen.count < min(count, rows) {
            let latest = try points.slice(chosen[chosen.count - 1]..<chosen[chosen.count - 1] + 1)
            let differences = try backend.binary(
                .subtract, points, latest.reshaped(to: try Shape([points.shape.columns])))
            let toLatest = try backend.rowSums(backend.binary(.multiply, differences, differences))
            let nearest = try distances.map { try backend.binary(.minimum, $0, toLatest) } ?? toLatest
            distances = nearest
            guard let next = draw(inProportionTo: try backend.read(nearest).floats, using: &generator) else { break }
            chosen.append(next)
        }
        return try backend.gatherRows(
            points, indices: backend.tensor(chosen.map(Int32.init), try Shape([chosen.count])))
    }

    /// An index drawn in proportion to the weights; nil if all are 0: every point is a centre already.
    private static func draw(
        inProportionTo weights: [Float], using generator: inout PhiloxGenerator
    ) -> Int? {
        let total = weights.reduce(0) { $0 + Double($1) }
        guard total > 0 else { return nil }
        var rest = Double(generator.uniform()) * total
        for (index, weight) in weights.enumerated() where weight > 0 {
            rest -= Double(weight)
            if rest < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 }
    }
}
