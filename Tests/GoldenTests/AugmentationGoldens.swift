import Tensors

/// Replays the golden cases of kind `augmentation`.
enum AugmentationGoldens {
    static let handlers: [String: GoldenHandler] = [:]
}
