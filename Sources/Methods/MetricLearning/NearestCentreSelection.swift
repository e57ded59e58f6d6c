/// What the centres of all classes say of one image.
public struct NearestCentre: Hashable, Sendable {
    /// The nearest centre's class: the pseudo-label.
    public let label: Int32
    /// d₁: how far it is.
    public let distance: Float
    /// d₂: how far the nearest centre of another class is; infinite if there is none.
    public let distanceOfOtherClass: Float

    /// One image's nearest centres.
    public init(label: Int32, distance: Float, distanceOfOtherClass: Float) {
        self.label = label
        self.distance = distance
        self.distanceOfOtherClass = distanceOfOtherClass
    }
}

/// Which unlabelled images get a pseudo-label in a round: of each class the same number, those nearest to its centres, so
/// that small classes gain the most.
///
/// Reconstruction of the selection in DML-PL (Yan, Hui, Li, Information Sciences 626, 2023), of which only the abstract is
/// public: "nearest-neighbour selection". The test of ambiguity is Lowe's (2004), with d₂ taken from another class, since two
/// centres of one class do not make the label doubtful.
public struct NearestCentreSelection: Hashable, Sendable {
    /// The most images of one class.
    public var quota: Int
    /// ρ: images with `d₁ ≥ ρ · d₂` are left for a later round; nil takes them all, as the last round must.
    public var largestDistanceRatio: Float?

    /// A rule.
    public init(quota: Int, largestDistanceRatio: Float?) {
        self.quota = quota
        self.largestDistanceRatio = largestDistanceRatio
    }

    /// The indices of the images selected, ascending. Of equally near images the first are taken.
    public func select(from images: [NearestCentre]) -> [Int] {
        let candidates = images.indices.filter { index in
            guard let largestDistanceRatio else { return true }
            return images[index].distance < largestDistanceRatio * images[index].distanceOfOtherClass
        }
        return Dictionary(grouping: candidates) { images[$0].label }.values.flatMap { indices in
            indices.sorted { (images[$0].distance, $0) < (images[$1].distance, $1) }.prefix(max(0, quota))
        }.sorted()
    }
}
