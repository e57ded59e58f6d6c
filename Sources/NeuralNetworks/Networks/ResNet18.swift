import Tensors

/// The residual network of 18 layers for large images: a 7×7 stem of stride 2, max pooling, and four stages of two
/// basic blocks. Source: He et al., "Deep residual learning for image recognition", CVPR 2016; parameter names and
/// details as torchvision has them, but for the classifier's first values, which are Glorot's.
public final class ResNet18: ImageClassifier {
    /// Parameters and running statistics.
    public let tensors: NetworkTensors
    /// `fc`.
    public let classifier: Linear
    /// There is none.
    public let auxiliaryClassifier: Linear? = nil
    private let inputChannels: Int
    private let stem: Convolution2D
    private let stemNormalization: BatchNormalization
    private let blocks: [BasicBlock]

    /// A network with first values drawn from `seed`, the same bits on every backend.
    ///
    /// - Throws: `NetworkError.invalidConfiguration`; `TensorError.outOfMemory`.
    public init(inputChannels: Int, classes: Int, seed: UInt64, on backend: any Backend) throws {
        guard inputChannels >= 1, classes >= 2 else {
            throw NetworkError.invalidConfiguration(
                problem: "a ResNet-18 needs at least 1 channel and 2 classes, not \(inputChannels) and \(classes)")
        }
        self.inputChannels = inputChannels
        stem = Convolution2D("conv1", from: inputChannels, to: 64, window: 7, stride: 2)
        stemNormalization = BasicBlock.normalization("bn1", channels: 64, negativeSlope: 0)
        classifier = Linear("fc", from: 512, to: classes)
        var blocks: [BasicBlock] = []
        var channels = 64
        for (stage, outputChannels) in [64, 128, 256, 512].enumerated() {
            for index in 0..<2 {
                blocks.append(
                    BasicBlock(
                        "layer\(stage + 1).\(index)", from: channels, to: outputChannels,
                        stride: stage > 0 && index == 0 ? 2 : 1))
                channels = outputChannels
            }
        }
        self.blocks = blocks

        var declarations = NetworkDeclarations()
        stem.declare(in: &declarations)
        stemNormalization.declare(in: &declarations)
        blocks.forEach { $0.declare(in: &declarations) }
        classifier.declare(in: &declarations)
        tensors = try NetworkTensors(declarations, seed: seed, on: backend)
    }

    /// `[N, H, W, C]` → `[N, 512]`.
    public func features(of images: Variable, mode: Mode, on tape: Tape) throws -> Variable {
        var activations = try stem.apply(to: images, mode: mode, with: tensors, on: tape)
        activations = try stemNormalization.apply(to: activations, mode: mode, with: tensors, on: tape)
        activations = try tape.maxPooling(activations, window: 3, stride: 2, padding: 1)
        for block in blocks {
            activations = try block.apply(to: activations, mode: mode, with: tensors, on: tape)
        }
        return try tape.globalAveragePooling(activations)
    }

    /// A ResNet-18 of its own with the same values.
    public func twin() throws -> ResNet18 {
        let twin = try ResNet18(
            inputChannels: inputChannels, classes: classes, seed: 0, on: parameters.backend)
        try twin.tensors.copyValues(from: tensors)
        return twin
    }

    /// Convolutions and classifier.
    public func forwardFloatingPointOperations(images: Shape) throws -> Int {
        let first = try stem.problem(forInput: images)
        var shape = try Pooling2DProblem(input: first.outputShape, window: 3, stride: 2, padding: 1).outputShape
        var operations = first.floatingPointOperations + classifier.floatingPointOperations(rows: images[0])
        for block in blocks {
            let (problems, outputShape) = try block.problems(forInput: shape)
            operations += problems.reduce(0) { $0 + $1.floatingPointOperations }
            shape = outputShape
        }
        return operations
    }
}
