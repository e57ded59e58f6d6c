import Tensors

/// Centres of the labelled images of every class in feature space: large classes get a few, small ones a single one, so
/// that the classes are represented far more evenly than by their images.
///
/// Reconstruction of the clustering in DML-PL (Yan, Hui, Li, Information Sciences 626, 2023), of which only the abstract is
/// public: "clustering of the labelled data".
public struct ClassCentres {
    /// `[C, D]`.
    public let centres: Tensor
    /// The class of each centre, ascending.
    public let labels: [Int32]
    /// K.
    public let classes: Int

    /// Clusters each class by k-means into `min(maximumCount, ⌈n_k / imagesPerCentre⌉)` centres; a class without images gets
    /// none. Waits.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - labels: N of them, in `0..<classes`.
    ///   - seed, round: name the stream that the first centres are drawn from.
    /// - Throws: `MethodError.invalidInput` if there is no label, one is not a class, or there are not as many as rows;
    ///   `TensorError.invalidArgument` if a number is not positive.
    public init(
        clustering features: Tensor, labels: [Int32], classes: Int, imagesPerCentre: Int, maximumCount: Int,
        seed: UInt64, round: Int, on backend: any Backend
    ) throws {
        try Expect.matrix(features, "the features", operation: "ClassCentres")
        try Expect.positive(imagesPerCentre, "the number of images per centre", operation: "ClassCentres")
        guard labels.count == features.shape.rows, !labels.isEmpty else {
            throw MethodError.invalidInput(
                name: "labels", problem: "has \(labels.count) entries for \(features.shape.rows) rows of features")
        }
        if let stray = labels.first(where: { !(0..<classes).contains(Int($0)) }) {
            throw MethodError.invalidInput(
                name: "labels", problem: "has \(stray), which is none of the \(classes) classes")
        }
        let rowsOfClass = Dictionary(grouping: labels.indices) { labels[$0] }
        var centres: [(label: Int32, rows: Tensor)] = []
        for (label, rows) in rowsOfClass.sorted(by: { $0.key < $1.key }) {
            let points = try backend.gatherRows(
                features, indices: backend.tensor(rows.map(Int32.init), try Shape([rows.count])))
            let wanted = (rows.count - 1) / imagesPerCentre + 1
            let stream = RandomStream(
                seed: seed, purpose: .method, step: UInt32(truncatingIfNeeded: round), sample: UInt32(label))
            let clusters = try KMeans(
                clustering: points, count: min(maximumCount, wanted), stream: stream, on: backend)
            centres.append((label, clusters.centres))
        }
        self.classes = classes
        self.labels = centres.flatMap { [Int32](repeating: $0.label, count: $0.rows.shape.rows) }
        self.centres = try backend.makeTensor(try Shape([self.labels.count, features.shape.columns]), .float32)
        var start = 0
        for (_, rows) in centres {
            try backend.copy(rows, into: self.centres.slice(start..<start + rows.shape.rows))
            start += rows.shape.rows
        }
    }

    /// The nearest centre of each row of `features` `[M, D]`, and the nearest one of another class. Waits.
    public func nearest(to features: Tensor, on backend: any Backend) throws -> [NearestCentre] {
        try Expect.floats(
            features, [features.shape.rows, centres.shape.columns], "the matrix of features", operation: "ClassCentres")
        let labelsOfCentres = try backend.tensor(labels, try Shape([labels.count]))
        let classesOfCentres = try backend.oneHot(labelsOfCentres, classes: classes)
        let hasOtherClass = labels.first != labels.last
        // In pieces, so that the matrix of all proximities need not fit into memory.
        let rowsAtOnce = max(1, (1 << 22) / labels.count)
        var results: [NearestCentre] = []
        results.reserveCapacity(features.shape.rows)
        for start in stride(from: 0, to: features.shape.rows, by: rowsAtOnce) {
            let rows = try features.slice(start..<min(start + rowsAtOnce, features.shape.rows))
            let proximities = try backend.proximities(rows, to: centres)
            let nearest = try backend.argmaxRows(proximities).indices
            let distances = try backend.squaredDistances(rows, to: centres, indices: nearest)
            // Excludes all centres of the nearest one's class.
            try backend.gemm(
                alpha: .excluded, backend.gatherRows(classesOfCentres, indices: nearest), transposeA: false,
                classesOfCentres, transposeB: true, beta: 1, into: proximities)
            let other = try backend.argmaxRows(proximities).indices
            let otherDistances = try backend.squaredDistances(rows, to: centres, indices: other)
            let found = try zip(
                backend.read(nearest).integers(),
                zip(backend.read(distances).floats, backend.read(otherDistances).floats))
            results += found.map { index, squares in
                NearestCentre(
                    label: labels[Int(index)], distance: squares.0.squareRoot(),
                    distanceOfOtherClass: hasOtherClass ? squares.1.squareRoot() : .infinity)
            }
        }
        return results
    }
}
