import Tensors

/// Replays the golden cases of kind `method`.
enum MethodGoldens {
    static let handlers: [String: GoldenHandler] = [:]
}
