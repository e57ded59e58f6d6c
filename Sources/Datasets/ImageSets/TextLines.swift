import Foundation

/// Small files of text.
enum TextLines {
    /// Far above any list of images.
    private static let largestFile = 1 << 28

    /// The lines of a file in UTF-8, without what ends them.
    ///
    /// - Throws: `DatasetError.missing`, or `.corrupt` if it is too large or no text.
    static func of(_ path: String) throws -> [String] {
        let file = try DataFile(path: path, advice: "name a file that is there")
        let bytes = try file.read(upTo: largestFile + 1)
        guard bytes.count <= largestFile else {
            throw file.corrupt("expected at most \(largestFile) bytes, found more")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw file.corrupt("the file is not UTF-8 text")
        }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }
}
