import Tensors

/// Whether batch normalization uses the batch's own statistics (and moves the running ones) or the running ones.
public enum Mode: Sendable {
    case training
    case inference
}

/// A network that turns images into features and features into logits.
public protocol ImageClassifier: AnyObject {
    /// Parameters and running statistics.
    var tensors: NetworkTensors { get }
    /// The heads on its features.
    var heads: ClassifierHeads { get }
    /// What it is made for.
    var form: ClassifierForm { get }

    /// `[N, H, W, C]` → `[N, D]`: what the last layer before the classifier sees.
    func features(of images: Variable, mode: Mode, on tape: Tape) throws -> Variable

    /// A network of the same architecture with arenas and values of its own: a teacher.
    func twin() throws -> Self

    /// Floating-point operations of a forward pass over images `[N, H, W, C]`: two for each multiply-add of the
    /// convolutions and the classifier, padding counted. What normalisation and pointwise work add is not.
    ///
    /// - Throws: `TensorError.invalidArgument` if the network cannot take such images.
    func forwardFloatingPointOperations(images: Shape) throws -> Int
}

extension ImageClassifier {
    /// Everything that learns, in one arena.
    public var parameters: ParameterArena { tensors.parameters }

    /// The running statistics of batch normalization, in one arena.
    public var buffers: BufferArena { tensors.buffers }

    /// The head that predicts.
    public var classifier: Linear { heads.classifier }

    /// D: columns of the features.
    public var featureWidth: Int { classifier.inputs }

    /// K: columns of the logits.
    public var classes: Int { classifier.outputs }

    /// `[N, D]` → `[N, K]`.
    public func logits(of features: Variable, on tape: Tape) throws -> Variable {
        try classifier.apply(to: features, with: tensors, on: tape)
    }

    /// `[N, D]` → `[N, K]` by the second head.
    ///
    /// - Throws: `NetworkError.noAuxiliaryHead`.
    public func auxiliaryLogits(of features: Variable, on tape: Tape) throws -> Variable {
        guard let auxiliary = heads.auxiliary else { throw NetworkError.noAuxiliaryHead }
        return try auxiliary.apply(to: features, with: tensors, on: tape)
    }

    /// `[N, D]` → `[N, 4]`: by how many quarter turns each image was rotated.
    ///
    /// - Throws: `NetworkError.noRotationHead`.
    public func rotationLogits(of features: Variable, on tape: Tape) throws -> Variable {
        guard let rotation = heads.rotation else { throw NetworkError.noRotationHead }
        return try rotation.apply(to: features, with: tensors, on: tape)
    }
}
