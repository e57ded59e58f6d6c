/// What a network predicts in the mean: of held-out images of each class, and of all unlabelled ones.
public struct MeanPredictions: Sendable {
    /// Row i: the mean probabilities of held-out images of class i. K rows of K.
    private let ofClasses: [[Double]]
    /// The mean probabilities of all unlabelled images. K.
    private let ofUnlabelled: [Double]

    /// - Throws: `MethodError.invalidInput` unless all are K finite numbers.
    public init(ofClasses: [[Double]], ofUnlabelled: [Double]) throws {
        let classes = ofClasses.count
        guard (ofClasses + [ofUnlabelled]).allSatisfy({ $0.count == classes && $0.allSatisfy(\.isFinite) }) else {
            throw MethodError.invalidInput(
                name: "mean predictions", problem: "is not \(classes) finite numbers for each of \(classes) classes")
        }
        self.ofClasses = ofClasses
        self.ofUnlabelled = ofUnlabelled
    }

    /// K.
    var classes: Int { ofUnlabelled.count }

    /// π, the unlabelled images' class shares, if the network predicts the same of an image of a class whether it is held
    /// out or unlabelled: then `Σᵢ πᵢ · ofClasses[i] = ofUnlabelled`.
    ///
    /// Source: Lipton, Wang, Smola, "Detecting and correcting for label shift with black box predictors", ICML 2018, in
    /// its form with probabilities.
    ///
    /// - Parameters:
    ///   - maximumCondition: what the matrix's condition number (largest by smallest singular value) must be below.
    ///   - smallest: shares below 0 down to this are taken for 0.
    /// - Returns: nil where the matrix does not tell the classes apart well enough, or a share is smaller.
    func estimatedShares(maximumCondition: Double, smallest: Double = 0) -> [Double]? {
        let matrix = SquareMatrix(rows: ofClasses).transposed
        guard let inverse = matrix.inverse, matrix.spectralNorm * inverse.spectralNorm < maximumCondition else {
            return nil
        }
        let solution = inverse.times(ofUnlabelled)
        let shares = solution.map { max($0, 0) }
        let total = shares.reduce(0, +)
        guard total > 0, solution.allSatisfy({ $0 >= smallest }) else { return nil }
        return shares.map { $0 / total }
    }
}

/// When ``MeanPredictions`` are wanted.
public struct MeanPredictionSchedule: Hashable, Sendable {
    /// After every so many steps,
    public var period: Int
    /// until so many are done.
    public var end: Int

    /// Whether they are wanted after so many steps.
    public func includes(_ stepsDone: Int) -> Bool { stepsDone <= end && stepsDone.isMultiple(of: period) }
}
