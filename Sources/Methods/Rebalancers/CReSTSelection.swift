import Foundation

/// Which unlabelled images, with their pseudo-labels, join the labelled ones after a generation of CReST: the rarer the
/// predicted class, the larger the part of its images, since predictions of rare classes are the precise ones.
///
/// Source: Wei, Sohn, Mellina, Yuille, Yang, "CReST: a class-rebalancing self-training framework for imbalanced
/// semi-supervised learning", CVPR 2021, section 3.2; rounding as in DASO's code (github.com/ytaek-oh/daso).
public struct CReSTSelection: Sendable {
    /// Which part of the images predicted as each class is taken: for the class of rank r among K, by descending labelled
    /// count, `(N_(K−1−r) / N_0)^(1/α)`.
    public let rates: [Double]
    /// The pseudo-label of each unlabelled image that is taken, −1 for the others.
    public let labels: [Int32]
    /// How many images of each class are taken.
    public let counts: [Int]

    /// The most confident images of each class.
    ///
    /// - Parameters:
    ///   - predictions: the network's after the generation.
    ///   - prior: the labelled images' class counts.
    ///   - alpha: the larger, the more images of frequent classes are taken; the paper takes 3.
    /// - Throws: `MethodError.invalidInput` if the predictions are of other classes; `MethodError.invalidOption` unless
    ///   `alpha` is above 0.
    public init(_ predictions: UnlabelledPredictions, prior: ClassPrior, alpha: Double) throws {
        guard predictions.classes == prior.classes else {
            throw MethodError.invalidInput(
                name: "unlabelled predictions",
                problem: "is of \(predictions.classes) classes, the labelled images of \(prior.classes)")
        }
        guard alpha.isFinite, alpha > 0 else {
            throw MethodError.invalidOption(name: "selection_alpha", problem: "is \(alpha); it must be above 0")
        }
        // Swift's sort is stable: of equally frequent classes the first has the lower rank.
        let ranked = prior.counts.indices.sorted { prior.counts[$0] > prior.counts[$1] }
        var rates = [Double](repeating: 0, count: prior.classes)
        for (label, counterpart) in zip(ranked, ranked.reversed()) {
            rates[label] = pow(Double(prior.counts[counterpart]) / Double(prior.counts[ranked[0]]), 1 / alpha)
        }
        var labels = [Int32](repeating: -1, count: predictions.labels.count)
        var counts = [Int](repeating: 0, count: prior.classes)
        for (label, images) in predictions.imagesByConfidence.enumerated() {
            counts[label] = Int(rates[label] * Double(images.count))
            for image in images.prefix(counts[label]) { labels[image] = Int32(label) }
        }
        self.rates = rates
        self.labels = labels
        self.counts = counts
    }
}
