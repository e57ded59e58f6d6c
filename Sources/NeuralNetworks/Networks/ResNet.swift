import Tensors

/// A residual network of 18, 34 or 50 layers for large images: a stem, four stages of blocks, the mean over all pixels.
/// Source: He et al., "Deep residual learning for image recognition", CVPR 2016; parameter names and details as
/// torchvision has them, but for the classifier's first values, which are Glorot's.
public final class ResNet: ImageClassifier {
    /// Which network it is.
    public let configuration: ResNetConfiguration
    /// Parameters and running statistics.
    public let tensors: NetworkTensors
    /// `fc` and the others.
    public let heads: ClassifierHeads
    private let stem: NormalizedConvolution
    private let blocks: [ResNetBlock]

    /// What it is made for.
    public var form: ClassifierForm { configuration.form }

    /// A network with first values drawn from `seed`, the same bits on every backend.
    ///
    /// - Throws: `NetworkError.invalidConfiguration`; `TensorError.outOfMemory`.
    public init(_ configuration: ResNetConfiguration, seed: UInt64, on backend: any Backend) throws {
        try configuration.form.validate()
        self.configuration = configuration
        let isLarge = configuration.stem == .large
        stem = NormalizedConvolution(
            Convolution2D(
                "conv1", from: configuration.form.inputChannels, to: 64, window: isLarge ? 7 : 3,
                stride: isLarge ? 2 : 1),
            normalizedAs: "bn1", negativeSlope: 0)
        heads = ClassifierHeads("fc", featureWidth: configuration.featureWidth, of: configuration.form)
        let kind = configuration.layers.blockKind
        var blocks: [ResNetBlock] = []
        var inputChannels = 64
        for (stage, count) in configuration.layers.blocks.enumerated() {
            let channels = 64 << stage
            for index in 0..<count {
                blocks.append(
                    ResNetBlock(
                        "layer\(stage + 1).\(index)", kind, from: inputChannels, channels: channels,
                        stride: stage > 0 && index == 0 ? 2 : 1))
                inputChannels = channels * kind.expansion
            }
        }
        self.blocks = blocks

        var declarations = NetworkDeclarations()
        stem.declare(in: &declarations)
        blocks.forEach { $0.declare(in: &declarations) }
        heads.declare(in: &declarations)
        tensors = try NetworkTensors(declarations, seed: seed, on: backend)
    }

    /// `[N, H, W, C]` → `[N, D]`, float32 whatever the precision.
    public func features(of images: Variable, mode: Mode, on tape: Tape) throws -> Variable {
        let images = try tape.convert(images, to: form.precision.activations)
        var activations = try tape.value(of: stem.apply(to: images, mode: mode, with: tensors, on: tape))
        if configuration.stem == .large {
            activations = try tape.maxPooling(activations, window: 3, stride: 2, padding: 1)
        }
        for block in blocks {
            activations = try block.apply(to: activations, mode: mode, with: tensors, on: tape)
        }
        return try tape.globalAveragePooling(activations)
    }

    /// A network of the same configuration with the same values of its own.
    public func twin() throws -> ResNet {
        let twin = try ResNet(configuration, seed: 0, on: parameters.backend)
        try twin.tensors.copyValues(from: tensors)
        return twin
    }

    /// Convolutions and classifier.
    public func forwardFloatingPointOperations(images: Shape) throws -> Int {
        let first = try stem.convolution.problem(forInput: images)
        var shape = first.outputShape
        if configuration.stem == .large {
            shape = try Pooling2DProblem(input: shape, window: 3, stride: 2, padding: 1).outputShape
        }
        return try first.floatingPointOperations + blocks.floatingPointOperations(forInput: shape)
            + classifier.floatingPointOperations(rows: images[0])
    }
}
