/// How often images of each true class were given each class: rows are true classes, columns predicted ones.
public struct ConfusionMatrix: Hashable, Sendable {
    /// K.
    public let classes: Int
    /// `[K, K]`, row-major.
    public private(set) var counts: [Int]

    /// Nothing counted yet.
    public init(classes: Int) {
        self.classes = classes
        counts = [Int](repeating: 0, count: classes * classes)
    }

    /// Counts one image. Classes outside `0..<classes` are left out.
    public mutating func count(true label: Int, predicted: Int) {
        guard (0..<classes).contains(label), (0..<classes).contains(predicted) else { return }
        counts[label * classes + predicted] += 1
    }

    /// The row of one true class.
    public subscript(label: Int) -> ArraySlice<Int> {
        counts[label * classes..<(label + 1) * classes]
    }

    /// All images counted.
    public var total: Int { counts.reduce(0, +) }

    /// The part of all images that was given its true class; 0 without images.
    public var accuracy: Double {
        let right = (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] }
        return total == 0 ? 0 : Double(right) / Double(total)
    }

    /// For each class the part of its images that was given it; 0 for a class without images.
    public var recalls: [Double] {
        (0..<classes).map { label in
            let images = self[label].reduce(0, +)
            return images == 0 ? 0 : Double(counts[label * classes + label]) / Double(images)
        }
    }
}
