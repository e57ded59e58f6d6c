import Foundation
import Training

/// Prints a value as sorted JSON on standard output.
func print(jsonObject value: some Encodable) throws {
    Swift.print(String(decoding: try JSONEncoder.sortedDocument.encode(value), as: UTF8.self))
}

extension Double {
    /// A part as a percentage with one digit behind the point.
    var percent: String { String(format: "%.1f %%", 100 * self) }
}
