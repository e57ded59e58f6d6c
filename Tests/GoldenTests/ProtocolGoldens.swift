import Foundation

/// Replays the JSON cases of `protocol/`, by the file's name without extension.
enum ProtocolGoldens {
    static let checks: [String: ProtocolCheck] = [:]
}
