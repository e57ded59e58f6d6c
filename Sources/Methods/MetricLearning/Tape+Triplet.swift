import NeuralNetworks
import Tensors

extension Tape {
    /// The batch-hard triplet loss: every row must be nearer, by a margin, to the farthest row of its own class than to the
    /// nearest of another.
    ///
    /// `mean max(|x − p| − |x − n| + margin, 0)`, p the farthest other row of x's class, n the nearest row of another
    /// class; the mean is over the rows x that have both. Which rows these are is a constant.
    ///
    /// Source: Hermans, Beyer, Leibe, "In defense of the triplet loss for person re-identification", 2017, equation 5.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - labels: N of them. Batches of several classes with several rows each make every row count.
    /// - Returns: `[1]`.
    /// - Throws: `MethodError.invalidInput` if no row has both.
    public func batchHardTripletLoss(_ features: Variable, labels: [Int32], margin: Float) throws -> Variable {
        let rows = features.shape.rows
        guard labels.count == rows else {
            throw MethodError.invalidInput(name: "labels", problem: "has \(labels.count) entries for \(rows) rows")
        }
        let rowsOfLabel = labels.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let anchors = labels.indices.filter { index in
            let sameClass = rowsOfLabel[labels[index], default: 0]
            return sameClass > 1 && sameClass < rows
        }
        guard !anchors.isEmpty else {
            throw MethodError.invalidInput(
                name: "labels", problem: "has no row with another of its class and one of another class to compare with"
            )
        }
        let shape = try Shape([anchors.count])
        let anchor = try gatherRows(features, indices: backend.tensor(anchors.map(Int32.init), shape))
        let proximities = try backend.proximities(anchor.value, to: features.value)

        /// The column of each anchor's largest score among the rows that may be its partner.
        func partners(_ scores: Tensor, where mayBe: (_ anchor: Int, _ row: Int) -> Bool) throws -> Variable {
            let mask = anchors.flatMap { anchor in (0..<rows).map { mayBe(anchor, $0) ? 0 : Float.excluded } }
            let permitted = try backend.binary(.add, scores, backend.tensor(mask, scores.shape))
            return try gatherRows(features, indices: backend.argmaxRows(permitted).indices)
        }
        let positive = try partners(backend.affine(proximities, scale: -1, shift: 0)) { anchor, row in
            row != anchor && labels[row] == labels[anchor]
        }
        let negative = try partners(proximities) { anchor, row in labels[row] != labels[anchor] }

        let excess = try subtract(
            rowNorms(subtract(anchor, positive)), rowNorms(subtract(anchor, negative)))
        return try mean(leakyReLU(affine(excess, scale: 1, shift: margin), negativeSlope: 0))
    }
}
