import Foundation

/// A folder that nothing is read from outside of: links are followed only where they stay inside.
struct ContainedFolder {
    private let root: String
    private let realRoot: String

    /// - Throws: `DatasetError.missing` if there is no such folder.
    init(_ root: String) throws {
        guard let realRoot = Self.realPath(root) else {
            throw DatasetError.missing(path: root, advice: "name a folder that is there")
        }
        self.root = root
        self.realRoot = realRoot
    }

    /// Whether the path is a folder, or a link to one.
    func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether there is something of this path.
    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }

    /// The names in a folder.
    ///
    /// - Throws: `DatasetError.invalid` if it is a link out of this one or a name in it has a line break, `.corrupt` if it
    ///   cannot be read.
    func contents(_ path: String) throws -> [String] {
        try expectInside(path)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)")
        } catch {
            throw DatasetError.corrupt(
                path: "\(root)/\(path)", problem: "cannot be read: \(error.localizedDescription)")
        }
        if let name = names.first(where: { $0.contains(where: \.isNewline) }) {
            throw DatasetError.invalid("\(root)/\(path) holds a name with a line break in it, \(name.debugDescription)")
        }
        return names
    }

    /// The files in a folder and in the folders in it, links to files included. Links to folders are passed over, since
    /// they may lead around in a circle.
    ///
    /// - Throws: `DatasetError.invalid` for a link out of this folder, `.corrupt` for what cannot be read.
    func files(_ folder: String) throws -> [String] {
        try contents(folder).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat("\(root)/\(path)", &status) == 0 else { return [path] }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return try files(path)
            case S_IFLNK:
                try expectInside(path)
                return isFolder(path) ? [] : [path]
            default: return [path]
            }
        }
    }

    /// - Throws: `DatasetError.invalid` if the path leads out of the folder, by links or by `..`.
    func expectInside(_ path: String) throws {
        // What is not there leads nowhere, and is missed when it is read.
        guard let real = Self.realPath("\(root)/\(path)") else {
            guard !path.split(separator: "/").contains("..") else {
                throw DatasetError.invalid("\(root)/\(path) leads out of \(root)")
            }
            return
        }
        guard real == realRoot || real.hasPrefix(realRoot == "/" ? "/" : realRoot + "/") else {
            throw DatasetError.invalid("\(root)/\(path) leads out of \(root), to \(real); copy it into the folder")
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
