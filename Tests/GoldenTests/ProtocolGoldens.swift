import Datasets
import Foundation

/// Replays the JSON cases of `protocol/`, by the file's name without extension.
enum ProtocolGoldens {
    static let checks: [String: ProtocolCheck] = [
        "long_tail_counts": longTailCounts, "metrics": MetricsGoldens.metrics, "reporting": MetricsGoldens.reporting,
    ]

    private static func longTailCounts(_ json: Data) throws -> [String] {
        struct Setting: Decodable {
            let head: Int
            let gamma: Double
            let classes: Int
            let counts: [Int]
        }
        struct Cases: Decodable {
            let settings: [Setting]
        }
        let settings = try JSONDecoder().decode(Cases.self, from: json).settings
        guard !settings.isEmpty else { return ["the file has no settings"] }
        return try settings.compactMap { setting in
            let counts = try LongTail.counts(
                head: setting.head, imbalance: setting.gamma, classes: setting.classes)
            return counts == setting.counts
                ? nil : "head \(setting.head), imbalance \(setting.gamma): expected \(setting.counts), got \(counts)"
        }
    }
}
