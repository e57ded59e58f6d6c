import Foundation

/// Folders of JPEG and PNG files: copies of the images of `Tests/DatasetsTests/Images`, most of them 19×26 in colour.
public enum SyntheticImageFolder {
    private static let images = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("DatasetsTests/Images")

    /// Copies images, named as in that folder, to these paths in `folder`.
    public static func write(_ files: [(path: String, image: String)], to folder: String) throws {
        for (path, image) in files {
            let target = URL(fileURLWithPath: folder).appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: images.appendingPathComponent(image), to: target)
        }
    }

    /// `train/CLASS/N.png` and `test/CLASS/N.jpg` of the classes `dark` and `light`.
    public static func write(to folder: String, trainPerClass: Int, testPerClass: Int = 1) throws {
        for (name, kinds) in [("dark", ["rgb-8.png", "444.jpg"]), ("light", ["rgba-8.png", "cmyk.jpg"])] {
            try write(
                (0..<trainPerClass).map { ("train/\(name)/\($0).png", kinds[$0 % 2]) }
                    + (0..<testPerClass).map { ("test/\(name)/\($0).jpg", kinds[$0 % 2]) }, to: folder)
        }
    }
}
