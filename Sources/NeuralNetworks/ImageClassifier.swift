import Tensors

/// Whether batch normalization uses the batch's own statistics (and moves the running ones) or the running ones.
public enum Mode: Sendable {
    case training
    case inference
}

/// A network that turns images into features and features into logits.
public protocol ImageClassifier: AnyObject {
    /// Everything that learns, in one arena.
    var parameters: ParameterArena { get }
    /// The running statistics of batch normalization, in one arena.
    var buffers: BufferArena { get }
    /// D: columns of the features.
    var featureWidth: Int { get }
    /// K: columns of the logits.
    var classes: Int { get }

    /// `[N, H, W, C]` → `[N, D]`: what the last layer before the classifier sees.
    func features(of images: Variable, mode: Mode, on tape: Tape) throws -> Variable

    /// `[N, D]` → `[N, K]`.
    func logits(of features: Variable, on tape: Tape) throws -> Variable
}
