import Foundation

/// Where the golden cases lie: Tests/Goldens of this checkout, and the folder named by `EQUIPOISE_GOLDENS`.
/// `EQUIPOISE_GOLDEN` limits them to the files whose name contains its value.
enum GoldenCatalog {
    /// What the files' names must contain; nil if all are wanted.
    static let filter = ProcessInfo.processInfo.environment["EQUIPOISE_GOLDEN"]

    private static let ownFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Goldens")

    /// Whether the file is one of this checkout, every one of which must be replayed.
    static func isOwn(_ file: URL) -> Bool { file.path.hasPrefix(ownFolder.path + "/") }

    /// The files with this extension, in the order of their paths.
    static func files(withExtension wanted: String) -> [URL] {
        let environment = ProcessInfo.processInfo.environment
        let otherFolder = environment["EQUIPOISE_GOLDENS"].map { URL(fileURLWithPath: $0) }
        return [ownFolder, otherFolder].compactMap { $0 }.flatMap { folder -> [URL] in
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            return (files?.compactMap { $0 as? URL } ?? [])
                .filter { $0.pathExtension == wanted && (filter.map($0.lastPathComponent.contains) ?? true) }
                .sorted { $0.path < $1.path }
        }
    }

    /// The safetensors cases by kind; a file that cannot be read is under `unreadable`, for the test to fail on.
    static let casesByKind: [String: [URL]] = Dictionary(grouping: files(withExtension: "safetensors")) { url in
        (try? GoldenFile(contentsOf: url).kind) ?? unreadable
    }

    /// The key of files that are no golden cases.
    static let unreadable = "unreadable"
}
