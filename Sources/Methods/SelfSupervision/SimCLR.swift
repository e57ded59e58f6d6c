import NeuralNetworks

/// Each view must find its image's other view among all views of the batch. Loss: ``NeuralNetworks/Tape/simCLRLoss``.
///
/// Source: Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual representations", ICML
/// 2020. Both views go through the network together, as in its code.
final class SimCLR: SelfSupervisedMethod {
    let projection: MultiLayerPerceptron
    private let temperature: Float

    init(_ options: SimCLROptions, at site: SelfSupervisionSite) throws {
        projection = try .contrastiveProjection(featureWidth: site.featureWidth, width: options.projectionWidth)
        temperature = Float(options.temperature)
    }

    func loss(_ views: TwoViews, on tape: Tape) throws -> Variable {
        let (first, second) = try views.jointProjections()
        return try tape.simCLRLoss(first, second, temperature: temperature)
    }
}

/// What can be chosen of SimCLR. The defaults are the paper's for CIFAR-10.
package struct SimCLROptions: SelfSupervisionPart {
    /// The name in recipes.
    package static let name = "simclr"
    /// T: lower ones care for the nearest other images only.
    package var temperature = 0.5
    /// Columns of the projections.
    package var projectionWidth = 128

    /// The defaults.
    package init() {}

    /// The names in recipes.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case temperature
        case projectionWidth = "projection_width"
    }

    /// - Throws: `MethodError.invalidOption`.
    package func validate() throws {
        try require(positive: CodingKeys.temperature, temperature)
        try require(CodingKeys.projectionWidth, projectionWidth, in: 1...65_536)
    }

    package func makeMethod(at site: SelfSupervisionSite) throws -> any SelfSupervisedMethod {
        try SimCLR(self, at: site)
    }
}
