import Foundation

/// What each image of a data set is called: its path from the folder that it was imported from.
public struct ImageNames: Sendable {
    /// The names, each followed by a line feed; taken apart only when somebody asks.
    let text: Data

    init(_ names: [String]) {
        text = Data(names.map { $0 + "\n" }.joined().utf8)
    }

    init(text: Data) {
        self.text = text
    }

    /// The number of names.
    var count: Int { text.count { $0 == UInt8(ascii: "\n") } }

    /// All names, in the order of the images.
    public var all: [String] {
        text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
