import Tensors

/// Replays the golden cases of kind `network`.
enum NetworkGoldens {
    static let handlers: [String: GoldenHandler] = [:]
}
