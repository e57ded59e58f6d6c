import NeuralNetworks

/// A prediction from each view must have the direction of the other view's projection, which is held still. Loss:
/// ``NeuralNetworks/Tape/simSiamLoss``.
///
/// Source: Chen, He, "Exploring simple Siamese representation learning", CVPR 2021. Each view goes through the network
/// alone, as in its code. Deviation: its code keeps the prediction's learning rate constant; here it follows the schedule
/// like the rest.
final class SimSiam: SelfSupervisedMethod {
    let projection: MultiLayerPerceptron
    let prediction: MultiLayerPerceptron?

    init(_ options: SimSiamOptions, at site: SelfSupervisionSite) throws {
        projection = try .simSiamProjection(featureWidth: site.featureWidth, width: options.projectionWidth)
        prediction = try .simSiamPrediction(width: options.projectionWidth)
    }

    func loss(_ views: TwoViews, on tape: Tape) throws -> Variable {
        let (first, second) = (try views.projection(.first), try views.projection(.second))
        return try tape.simSiamLoss(
            predictions: (views.prediction(first), views.prediction(second)),
            projections: (first.value, second.value))
    }
}

/// What can be chosen of SimSiam. The default is the paper's.
package struct SimSiamOptions: SelfSupervisionPart {
    /// The name in recipes.
    package static let name = "simsiam"
    /// Columns of the projections; the prediction's bottleneck is a quarter of it.
    package var projectionWidth = 2048

    /// The defaults.
    package init() {}

    /// The names in recipes.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case projectionWidth = "projection_width"
    }

    /// - Throws: `MethodError.invalidOption`.
    package func validate() throws {
        try require(CodingKeys.projectionWidth, projectionWidth, in: 1...65_536)
    }

    package func makeMethod(at site: SelfSupervisionSite) throws -> any SelfSupervisedMethod {
        try SimSiam(self, at: site)
    }
}
