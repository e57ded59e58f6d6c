import Tensors

/// A wide residual network for small images of any size: WRN-28-2 for CIFAR, smaller ones for the default recipe.
/// Source: Zagoruyko and Komodakis, "Wide residual networks", BMVC 2016; parameter names as TorchSSL, USB and DASO have
/// them.
public final class WideResNet: ImageClassifier {
    /// Which network it is.
    public let configuration: WideResNetConfiguration
    /// Parameters and running statistics.
    public let tensors: NetworkTensors
    /// `classifier` and the others.
    public let heads: ClassifierHeads
    private let firstConvolution: Convolution2D
    private let blocks: [WideResNetBlock]
    private let finalNormalization: BatchNormalization

    /// What it is made for.
    public var form: ClassifierForm { configuration.form }

    /// A network with first values drawn from `seed`, the same bits on every backend.
    ///
    /// - Throws: `NetworkError.invalidConfiguration`; `TensorError.outOfMemory`.
    public init(_ configuration: WideResNetConfiguration, seed: UInt64, on backend: any Backend) throws {
        try configuration.validate()
        self.configuration = configuration
        let featureWidth = 64 * configuration.width
        firstConvolution = Convolution2D(
            "conv1", from: configuration.form.inputChannels, to: 16, window: 3,
            hasBias: configuration.firstConvolutionHasBias)
        blocks = Self.blocks(configuration)
        finalNormalization = BatchNormalization(
            "bn1", channels: featureWidth, epsilon: configuration.finalEpsilon, momentum: configuration.momentum,
            negativeSlope: configuration.negativeSlope)
        heads = ClassifierHeads("classifier", featureWidth: featureWidth, of: configuration.form)

        var declarations = NetworkDeclarations()
        firstConvolution.declare(in: &declarations)
        blocks.forEach { $0.declare(in: &declarations) }
        finalNormalization.declare(in: &declarations)
        heads.declare(in: &declarations)
        tensors = try NetworkTensors(declarations, seed: seed, on: backend)
    }

    private static func blocks(_ configuration: WideResNetConfiguration) -> [WideResNetBlock] {
        var blocks: [WideResNetBlock] = []
        var channels = 16
        for stage in 1...3 {
            let outputChannels = (16 << (stage - 1)) * configuration.width
            for index in 0..<configuration.blocksPerStage {
                let arrangement: WideResNetBlock.Arrangement =
                    switch (stage, index) {
                    case (1, 0) where configuration.firstBlockActivatesInput: .activatedInput
                    case (2..., 0) where !configuration.transitionReadsActivatedInput: .rawInput
                    default: .preactivated
                    }
                blocks.append(
                    WideResNetBlock(
                        "block\(stage).layer.\(index)", from: channels, to: outputChannels,
                        stride: stage > 1 && index == 0 ? 2 : 1, arrangement: arrangement,
                        configuration: configuration))
                channels = outputChannels
            }
        }
        return blocks
    }

    /// `[N, H, W, C]` → `[N, 64 · width]`, float32 whatever the precision.
    public func features(of images: Variable, mode: Mode, on tape: Tape) throws -> Variable {
        var activations = try tape.convert(images, to: form.precision.activations)
        activations = try firstConvolution.apply(to: activations, mode: mode, with: tensors, on: tape)
        for block in blocks {
            activations = try block.apply(to: activations, mode: mode, with: tensors, on: tape)
        }
        activations = try finalNormalization.apply(to: activations, mode: mode, with: tensors, on: tape)
        return try tape.globalAveragePooling(activations)
    }

    /// A network of the same configuration with the same values of its own.
    public func twin() throws -> WideResNet {
        let twin = try WideResNet(configuration, seed: 0, on: parameters.backend)
        try twin.tensors.copyValues(from: tensors)
        return twin
    }

    /// Convolutions and classifier.
    public func forwardFloatingPointOperations(images: Shape) throws -> Int {
        let first = try firstConvolution.problem(forInput: images)
        return try first.floatingPointOperations + blocks.floatingPointOperations(forInput: first.outputShape)
            + classifier.floatingPointOperations(rows: images[0])
    }
}
