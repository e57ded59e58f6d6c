import Foundation
import NeuralNetworks

/// A prediction from each view must have the direction of what a moving average of network and projection makes of the
/// other. Loss: ``NeuralNetworks/Tape/byolLoss``.
///
/// Source: Grill et al., "Bootstrap your own latent", NeurIPS 2020. Each view goes through the network alone. The average
/// keeps `1 − (1 − τ)·(cos(πt/T) + 1)/2` of itself (section 3.3).
final class BYOL: SelfSupervisedMethod {
    let projection: MultiLayerPerceptron
    let prediction: MultiLayerPerceptron?
    private let firstDecay: Double
    private let totalSteps: Int

    init(_ options: BYOLOptions, at site: SelfSupervisionSite) throws {
        projection = try .byolProjection(
            featureWidth: site.featureWidth, hiddenWidth: options.hiddenWidth, width: options.projectionWidth)
        prediction = try .byolPrediction(hiddenWidth: options.hiddenWidth, width: options.projectionWidth)
        firstDecay = options.momentum
        totalSteps = site.totalSteps
    }

    func averageDecay(step: Int) -> Double? {
        1 - (1 - firstDecay) * (cos(.pi * Double(step) / Double(max(1, totalSteps))) + 1) / 2
    }

    func loss(_ views: TwoViews, on tape: Tape) throws -> Variable {
        try tape.byolLoss(
            predictions: (
                views.prediction(views.projection(.first)), views.prediction(views.projection(.second))
            ),
            projections: (views.averageProjection(.first), views.averageProjection(.second)))
    }
}

/// What can be chosen of BYOL. The defaults are the paper's.
package struct BYOLOptions: SelfSupervisionPart {
    /// The name in recipes.
    package static let name = "byol"
    /// τ: what the moving average keeps of itself at first.
    package var momentum = 0.996
    /// Columns of the hidden layers of projection and prediction.
    package var hiddenWidth = 4096
    /// Columns of the projections.
    package var projectionWidth = 256

    /// The defaults.
    package init() {}

    /// The names in recipes.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case momentum
        case hiddenWidth = "hidden_width"
        case projectionWidth = "projection_width"
    }

    /// - Throws: `MethodError.invalidOption`.
    package func validate() throws {
        try require(fraction: CodingKeys.momentum, momentum)
        try require(CodingKeys.hiddenWidth, hiddenWidth, in: 1...65_536)
        try require(CodingKeys.projectionWidth, projectionWidth, in: 1...65_536)
    }

    package func makeMethod(at site: SelfSupervisionSite) throws -> any SelfSupervisedMethod {
        try BYOL(self, at: site)
    }
}
