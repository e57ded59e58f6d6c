/// Which of several networks a method trains, where they are trained one after another on ever more labels.
public struct Generation: Hashable, Sendable {
    /// Its place among them, from 0.
    public var index: Int
    /// How many there are, at least 1.
    public var count: Int
    /// The class counts of the labels that the first one was given.
    public var initialPrior: ClassPrior

    /// One of several.
    public init(index: Int, of count: Int, initialPrior: ClassPrior) {
        self.index = index
        self.count = count
        self.initialPrior = initialPrior
    }

    /// Rises from 0 in the first one to 1 in the last; 0 for the only one.
    var progress: Double { count > 1 ? Double(index) / Double(count - 1) : 0 }
}
