import Foundation

/// Where the images of a run come from.
public enum ImageSource: Hashable, Sendable {
    /// A data set that the program knows, and the folder of its files; nil for where they usually lie.
    case named(DatasetName, root: String?)
    /// A file that `equipoise data import` wrote, an archive of NumPy, or a folder of images; nil where nobody has said which.
    case images(path: String?)

    /// Reads the images.
    ///
    /// - Throws: `DatasetError`.
    public func load() throws -> ImageCollection {
        switch self {
        case .named(let name, let root):
            let (train, test) = try name.load(from: root)
            return ImageCollection(train: train, test: test, normalization: name.normalization, warnings: [])
        case .images(let path):
            let path = try Self.expect(path)
            if Self.isFolder(path) { return try ImageImport(folder: path).load() }
            return NPZImages.isArchive(path)
                ? try NPZImages(path: path).load() : try ImageSetFile(path: path).load()
        }
    }

    /// What the images are like, as far as possible without reading them.
    ///
    /// - Throws: `DatasetError`.
    public func form() throws -> ImageForm {
        switch self {
        case .named(let name, _):
            let size = name.imageSize
            return ImageForm(
                height: size.height, width: size.width, channels: size.channels, classNames: name.classNames)
        case .images(let path):
            let path = try Self.expect(path)
            if Self.isFolder(path) { return try ImageImport(folder: path).form }
            return NPZImages.isArchive(path) ? try NPZImages(path: path).form : try ImageSetFile(path: path).form
        }
    }

    private static func expect(_ path: String?) throws -> String {
        guard let path else {
            throw DatasetError.invalid("nobody says where the images lie; add --set data.root=FILE")
        }
        return path
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
