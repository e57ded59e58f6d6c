import NeuralNetworks

/// Both views must agree in each column of the projections, and no column may repeat another. Loss:
/// ``NeuralNetworks/Tape/barlowTwinsLoss``.
///
/// Source: Zbontar, Jing, Misra, LeCun, Deny, "Barlow Twins", ICML 2021. Each view goes through the network alone, as in
/// its code. The paper multiplies the loss by 1/40 or so in its optimizer's learning rate; here the loss is divided by the
/// columns, so that one learning rate serves any width.
final class BarlowTwins: SelfSupervisedMethod {
    let projection: MultiLayerPerceptron
    private let redundancyWeight: Float

    init(_ options: BarlowTwinsOptions, at site: SelfSupervisionSite) throws {
        projection = try .barlowTwinsProjection(featureWidth: site.featureWidth, width: options.projectionWidth)
        redundancyWeight = Float(options.redundancyWeight)
    }

    func loss(_ views: TwoViews, on tape: Tape) throws -> Variable {
        let (first, second) = (try views.projection(.first), try views.projection(.second))
        let loss = try tape.barlowTwinsLoss(first, second, redundancyWeight: redundancyWeight)
        return try tape.affine(loss, scale: 1 / Float(max(1, first.shape.columns)), shift: 0)
    }
}

/// What can be chosen of Barlow Twins. The defaults are the paper's but for the width, which is 8192 there, behind a
/// ResNet-50.
package struct BarlowTwinsOptions: SelfSupervisionPart {
    /// The name in recipes.
    package static let name = "barlow-twins"
    /// λ: what a pair of different columns counts.
    package var redundancyWeight = 0.005
    /// Columns of the projections.
    package var projectionWidth = 512

    /// The defaults.
    package init() {}

    /// The names in recipes.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case redundancyWeight = "redundancy_weight"
        case projectionWidth = "projection_width"
    }

    /// - Throws: `MethodError.invalidOption`.
    package func validate() throws {
        try require(CodingKeys.redundancyWeight, redundancyWeight, atLeast: 0)
        try require(CodingKeys.projectionWidth, projectionWidth, in: 1...65_536)
    }

    package func makeMethod(at site: SelfSupervisionSite) throws -> any SelfSupervisedMethod {
        try BarlowTwins(self, at: site)
    }
}
