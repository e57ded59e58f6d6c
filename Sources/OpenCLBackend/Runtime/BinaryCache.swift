import Foundation

/// Compiled programs on disk, one file each. Whatever is wrong with the folder or a file only means that a program is
/// compiled again.
///
/// A file is a line `equipoise-program 1 HASH`, HASH being that of the rest, and the driver's binary after it: drivers are
/// known to crash on binaries that a full disk has cut short, so nothing reaches them unchecked.
struct BinaryCache {
    private static let formatVersion = "equipoise-program 1"
    private let folder: URL?

    /// - Parameter folder: nil means that nothing is kept.
    init(folder: URL? = userFolder) {
        self.folder = folder
    }

    /// Whether there is a folder to keep anything in.
    var isKept: Bool { folder != nil }

    /// `programs` inside the user's cache folder.
    static var userFolder: URL? { CacheFolder.user?.appendingPathComponent("programs", isDirectory: true) }

    /// The binary kept under `key`; nil if there is none or the file is damaged.
    func binary(for key: CacheKey) -> [UInt8]? {
        guard let file = file(for: key), let data = FileManager.default.contents(atPath: file.path),
            let lineEnd = data.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let binary = [UInt8](data[(lineEnd + 1)...])
        return !binary.isEmpty && data[..<lineEnd].elementsEqual(header(of: binary).utf8) ? binary : nil
    }

    /// Keeps `binary`. Another process may do the same at the same time: each writes to a name of its own and renames.
    func keep(_ binary: [UInt8], for key: CacheKey) {
        guard let folder, let file = file(for: key) else { return }
        let temporary = folder.appendingPathComponent("\(key.hexadecimal).\(ProcessInfo.processInfo.processIdentifier)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data((header(of: binary) + "\n").utf8 + binary).write(to: temporary)
            if rename(temporary.path, file.path) != 0 { try FileManager.default.removeItem(at: temporary) }
        } catch {
            // Not being able to keep it costs time at the next start, nothing else.
            try? FileManager.default.removeItem(at: temporary)
        }
    }

    /// Where the binary is kept.
    func file(for key: CacheKey) -> URL? {
        folder?.appendingPathComponent(key.hexadecimal)
    }

    private func header(of binary: [UInt8]) -> String {
        "\(Self.formatVersion) \(CacheKey(binary).hexadecimal)"
    }
}
