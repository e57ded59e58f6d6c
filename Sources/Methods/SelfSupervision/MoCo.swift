import NeuralNetworks
import Tensors

/// The first view must pick its image's second one, seen by a moving average, among the keys of earlier batches. Loss and
/// queue: ``MomentumContrast``.
///
/// Sources: He, Fan, Wu, Xie, Girshick, CVPR 2020, and Chen, Fan, Girshick, He, 2020 (MoCo v2). The published code shuffles
/// images between GPUs so that batch statistics give nothing away; on one device there is nothing to shuffle between.
final class MoCo: SelfSupervisedMethod {
    let projection: MultiLayerPerceptron
    private let contrast: MomentumContrast
    private let momentum: Double

    init(_ options: MoCoOptions, at site: SelfSupervisionSite) throws {
        projection = try .contrastiveProjection(featureWidth: site.featureWidth, width: options.projectionWidth)
        momentum = options.momentum
        contrast = try MomentumContrast(
            queueLength: options.queueLength, width: options.projectionWidth, temperature: Float(options.temperature),
            stream: RandomStream(seed: site.seed, purpose: .method, sample: RandomStream.sample(named: "queue")),
            on: site.backend)
    }

    func averageDecay(step: Int) -> Double? { momentum }

    func loss(_ views: TwoViews, on tape: Tape) throws -> Variable {
        try contrast.loss(queries: views.projection(.first), keys: views.averageProjection(.second), on: tape)
    }

    func state() throws -> [String: HostTensor] { try contrast.state() }
    func restore(_ state: [String: HostTensor]) throws { try contrast.restore(state) }
}

/// What can be chosen of MoCo. The defaults are MoCo v2's but for the queue, which is 65536 there, for ImageNet.
package struct MoCoOptions: SelfSupervisionPart {
    /// The name in recipes.
    package static let name = "moco"
    /// T.
    package var temperature = 0.2
    /// What the moving average keeps of itself.
    package var momentum = 0.999
    /// L: keys that are kept, a multiple of the batch.
    package var queueLength = 4096
    /// Columns of the projections.
    package var projectionWidth = 128

    /// The defaults.
    package init() {}

    /// The names in recipes.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case temperature, momentum
        case queueLength = "queue_length"
        case projectionWidth = "projection_width"
    }

    /// - Throws: `MethodError.invalidOption`.
    package func validate() throws {
        try require(positive: CodingKeys.temperature, temperature)
        try require(fraction: CodingKeys.momentum, momentum)
        try require(CodingKeys.queueLength, queueLength, in: 1...16_777_216)
        try require(CodingKeys.projectionWidth, projectionWidth, in: 1...65_536)
    }

    package func validate(batchSize: Int) throws {
        guard queueLength.isMultiple(of: batchSize) else {
            throw MethodError.invalidOption(
                name: CodingKeys.queueLength.rawValue,
                problem: "is \(queueLength); it must be a multiple of the batch of \(batchSize)")
        }
    }

    package func makeMethod(at site: SelfSupervisionSite) throws -> any SelfSupervisedMethod {
        try MoCo(self, at: site)
    }
}
