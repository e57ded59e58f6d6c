// Writes text files into a Swift source as raw string literals, so that the binary carries them wherever it is moved.
//
//     embed-text ENUM-NAME BASE-FOLDER OUTPUT.swift FILE...
//
// Raw literals of StaticString compile in seconds; byte arrays of the same text take minutes.

import Foundation

struct EmbedError: Error, CustomStringConvertible {
    let description: String
}

func embed(arguments: [String]) throws {
    guard arguments.count >= 4 else {
        throw EmbedError(description: "usage: embed-text ENUM-NAME BASE-FOLDER OUTPUT.swift FILE...")
    }
    let enumName = arguments[1]
    let base = arguments[2].hasSuffix("/") ? arguments[2] : arguments[2] + "/"
    var lines = [
        "/// The text files of \(URL(fileURLWithPath: base).lastPathComponent)/, by path inside that folder.",
        "enum \(enumName) {",
        "    static let files: [(path: String, text: StaticString)] = [",
    ]
    for file in arguments[4...].sorted() {
        guard file.hasPrefix(base) else {
            throw EmbedError(description: "\(file) is not inside \(base)")
        }
        let text = try String(contentsOfFile: file, encoding: .utf8)
        // As many number signs as it takes for the text not to end the literal early.
        var fence = "#"
        while text.contains("\"\"\"" + fence) || text.contains("\\" + fence) { fence += "#" }
        lines.append("        (\"\(file.dropFirst(base.count))\", \(fence)\"\"\"")
        lines.append(text)
        lines.append("\"\"\"\(fence)),")
    }
    lines += ["    ]", "}", ""]
    try lines.joined(separator: "\n").write(toFile: arguments[3], atomically: true, encoding: .utf8)
}

do {
    try embed(arguments: CommandLine.arguments)
} catch {
    FileHandle.standardError.write(Data("embed-text: \(error)\n".utf8))
    exit(1)
}
