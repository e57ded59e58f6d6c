import Foundation

/// Small files of text.
enum TextLines {
    /// Far above any list of images.
    private static let largestFile = 1 << 28

    /// The lines of a file in UTF-8, without what ends them.
    ///
    /// - Throws: `DatasetError.missing`, or `.corrupt` if it is no text.
    static func of(_ path: String) throws -> [String] {
        let bytes = try DataFile(path: path, advice: "name a file that is there").read(upTo: largestFile)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DatasetError.corrupt(path: path, problem: "the file is not UTF-8 text")
        }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }
}
