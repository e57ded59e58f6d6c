import Foundation

extension JSONEncoder {
    /// Keys sorted and slashes as they are: equal values give equal bytes, on one line.
    public static var sortedLines: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// The same for people: a line for each value.
    public static var sortedDocument: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return encoder
    }
}
