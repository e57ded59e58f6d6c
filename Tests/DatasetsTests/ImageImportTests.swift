import Foundation
import SyntheticData
import TensorFiles
import XCTest

@testable import Datasets

final class ImageImportTests: XCTestCase {
    private static let usual = [
        ("train/cat/2.jpg", "444.jpg"), ("train/cat/10.jpg", "422.jpg"), ("train/ant/more/1.png", "palette.png"),
        ("train/ant/0.png", "grey-8.png"), ("test/cat/0.jpg", "cmyk.jpg"), ("test/ant/0.JPEG", "grey.jpg"),
    ]

    private func folder(_ files: [(String, String)] = usual) throws -> TemporaryFolder {
        let folder = try TemporaryFolder(for: self)
        try SyntheticImageFolder.write(files.map { (path: $0.0, image: $0.1) }, to: folder.path)
        return folder
    }

    func testClassesAndImagesAreSortedByName() throws {
        let images = try ImageImport(folder: try folder().path).load()
        XCTAssertEqual(images.train.classNames, ["ant", "cat"])
        XCTAssertEqual(
            images.train.names?.all,
            ["train/ant/0.png", "train/ant/more/1.png", "train/cat/10.jpg", "train/cat/2.jpg"])
        XCTAssertEqual(images.train.labels, [0, 0, 1, 1])
        XCTAssertEqual(images.test.labels, [0, 1])
        XCTAssertEqual(images.form, ImageForm(height: 19, width: 26, channels: 3, classNames: ["ant", "cat"]))
        XCTAssertEqual(images.warnings, [])
        let file = try XCTUnwrap(try ImageFile(path: ImageFileTests.folder + "/422.jpg"))
        XCTAssertEqual(images.train.image(at: 2), try file.decoded(channels: 3))
    }

    func testTheFileHoldsWhatTheFolderDoes() throws {
        let folder = try folder()
        let images = try ImageImport(folder: folder.path, options: .init(name: "animals"))
        let path = folder.path(of: "animals.safetensors")
        try images.write(to: path)
        let (read, whole) = (try ImageSetFile(path: path), try images.load())
        XCTAssertEqual(read.form, images.form)
        let packed = try read.load()
        for (packed, whole) in [(packed.train, whole.train), (packed.test, whole.test)] {
            XCTAssertEqual(packed.name, "animals")
            XCTAssertEqual(packed.pixels, whole.pixels)
            XCTAssertEqual(packed.labels, whole.labels)
            XCTAssertEqual(packed.names?.all, whole.names?.all)
        }
        XCTAssertEqual(packed.normalization, whole.normalization)
        let values = whole.train.pixels.enumerated().filter { $0.offset % 3 == 1 }.map { Double($0.element) / 255 }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        XCTAssertEqual(Double(packed.normalization.mean[1]), mean, accuracy: 1e-6)
        XCTAssertEqual(Double(packed.normalization.standardDeviation[1]), variance.squareRoot(), accuracy: 1e-6)
        // Again, in place of the file that is there.
        try images.write(to: path)
        XCTAssertEqual(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted(),
            ["animals.safetensors", "test", "train"])
    }

    /// Half of the images are there already, one of them with another pixel, by which one sees that it is taken as it is.
    func testAnImportThatWasKilledGoesOn() throws {
        let folder = try folder()
        let images = try ImageImport(folder: folder.path, options: .init(name: "animals"))
        let (whole, path) = (folder.path(of: "whole.safetensors"), folder.path(of: "animals.safetensors"))
        XCTAssertEqual(try images.write(to: whole), 0)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: whole)))
        let length = images.form.imageByteCount
        let start = try SafetensorsHeader(Data(bytes), path: whole).end

        func leave(_ items: [Int], fingerprint: String, changed: Int? = nil) throws {
            var partial = bytes
            partial.replaceSubrange(..<start, with: Array(repeating: 0, count: start))
            for index in 0..<6 where !items.contains(index) {
                partial.replaceSubrange(
                    start + index * length..<start + (index + 1) * length, with: Array(repeating: 0, count: length))
            }
            if let changed { partial[start + changed * length] ^= 0xFF }
            let marks = (0..<6).map { items.contains($0) ? UInt8(1) : 0 }
            try folder.write(partial + Array(fingerprint.utf8) + marks, to: "animals.safetensors.partial")
        }
        func written() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
        let fingerprint = try ImageSetLayout(images).fingerprint

        try leave([1, 2, 5], fingerprint: fingerprint)
        XCTAssertEqual(try images.write(to: path), 3)
        XCTAssertEqual(try written(), bytes)
        XCTAssertFalse(FileManager.default.fileExists(atPath: "\(path).partial"))

        try leave([1, 2, 5], fingerprint: fingerprint, changed: 5)
        XCTAssertEqual(try images.write(to: path), 3)
        let changed = try written().enumerated().filter { $0.element != bytes[$0.offset] }.map(\.offset)
        XCTAssertTrue(changed.contains(start + 5 * length))
        XCTAssertTrue(changed.allSatisfy { $0 < start || $0 == start + 5 * length }, "\(changed)")

        // Of other images, and of another length: begun again.
        try leave([1, 2, 5], fingerprint: "00000000")
        XCTAssertEqual(try images.write(to: path), 0)
        XCTAssertEqual(try written(), bytes)
        try folder.write(Array("anything".utf8), to: "animals.safetensors.partial")
        XCTAssertEqual(try images.write(to: path), 0)
        XCTAssertEqual(try written(), bytes)
    }

    func testTwoImportsOfOneFileAreRefused() throws {
        let folder = try folder()
        let path = folder.path(of: "out.safetensors")
        let first = try PartialFile(of: path, length: 10, items: 1, fingerprint: "abcdefgh")
        XCTAssertThrowsError(try ImageImport(folder: folder.path).write(to: path)) {
            XCTAssertTrue("\($0)".contains("another process is writing it"), "\($0)")
        }
        first.remove()
        try FileManager.default.createSymbolicLink(
            atPath: "\(path).partial", withDestinationPath: folder.path(of: "elsewhere"))
        XCTAssertThrowsError(try ImageImport(folder: folder.path).write(to: path)) {
            XCTAssertTrue("\($0)".contains("cannot write \(path)"), "\($0)")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.path(of: "elsewhere")))
    }

    func testDuplicatesAreCounted() throws {
        let images = try ImageImport(
            folder: try folder(
                Self.usual + [
                    ("train/cat/11.jpg", "422.jpg"), ("train/ant/7.jpg", "422.jpg"), ("test/cat/1.jpg", "422.jpg"),
                    ("test/cat/2.jpg", "420.jpg"),
                ]
            ).path
        ).load()
        XCTAssertEqual(images.duplicates.train, 2)
        XCTAssertEqual(images.duplicates.test, 1)
    }

    func testGreyImagesHaveOneChannel() throws {
        let folder = try folder([
            ("train/a/0", "grey-4.png"), ("train/b/0", "grey.jpg"), ("test/a/0", "grey-alpha-16.png"),
        ])
        let images = try ImageImport(folder: folder.path)
        XCTAssertEqual(images.form.channels, 1)
        XCTAssertEqual(try images.load().train.pixels.count, 2 * 19 * 26)
        XCTAssertEqual(images.warnings, ["the class b has no test images"])
    }

    func testOtherFilesAreCountedAndEmptyClassesSaid() throws {
        let folder = try folder()
        try folder.write(Array("thumbs".utf8), to: "train/cat/Thumbs.db")
        try folder.write([], to: "test/cat/.hidden")
        try FileManager.default.createDirectory(atPath: folder.path(of: "train/dog"), withIntermediateDirectories: true)
        XCTAssertEqual(
            try ImageImport(folder: folder.path).warnings,
            [
                "2 files are neither JPEG nor PNG and are left out, such as train/cat/Thumbs.db",
                "the class dog has no train images", "the class dog has no test images",
            ])
    }

    func testSizesMustBeOneOrBeGiven() throws {
        let folder = try folder(Self.usual + [("train/cat/3.jpg", "orientation-6.jpg")])
        assertInvalid("19×26 (train/ant/0.png)", "26×19 (train/cat/3.jpg)", "--size") {
            _ = try ImageImport(folder: folder.path)
        }
        let images = try ImageImport(folder: folder.path, options: .init(side: 8)).load()
        XCTAssertEqual([images.train.height, images.train.width, images.train.count], [8, 8, 5])
        // What an import has left that was killed is not taken for one that keeps the aspect.
        func layout(_ fit: ImageFit) throws -> ImageSetLayout {
            try ImageSetLayout(ImageImport(folder: folder.path, options: .init(side: 8, fit: fit)))
        }
        XCTAssertNotEqual(try layout(.stretch).fingerprint, try layout(.cover).fingerprint)
        let covering = try ImageImport(folder: folder.path, options: .init(side: 8, fit: .cover)).load()
        XCTAssertEqual(covering.form, images.form)
        let file = try XCTUnwrap(try ImageFile(path: ImageFileTests.folder + "/422.jpg"))
        XCTAssertEqual(covering.train.image(at: 2), try file.decoded(channels: 3).fitted(to: 8, .cover))
        assertInvalid("from 1 to 1024", "0") { _ = try ImageImport(folder: folder.path, options: .init(side: 0)) }
    }

    func testDamagedImagesAreNamed() throws {
        let folder = try folder()
        let cut = try Data(contentsOf: URL(fileURLWithPath: folder.path(of: "train/cat/2.jpg"))).prefix(400)
        try folder.write(Array(cut), to: "train/cat/3.jpg")
        let path = folder.path(of: "out.safetensors")
        assertCorrupt(folder.path(of: "train/cat/3.jpg")) { try ImageImport(folder: folder.path).write(to: path) }
        XCTAssertFalse(FileManager.default.fileExists(atPath: path))
        try folder.write(Array(cut), to: "train/ant/3.jpg")
        assertCorrupt(folder.path(of: "train/ant/3.jpg"), "; 1 more cannot be read: \(folder.path)/train/cat/3.jpg") {
            _ = try ImageImport(folder: folder.path).load()
        }
    }

    func testLinksOutOfTheFolderAreRefused() throws {
        let folder = try folder()
        let link = folder.path(of: "train/cat/link.jpg")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path(of: "test/cat/0.jpg"))
        XCTAssertEqual(try ImageImport(folder: folder.path).load().train.count, 5)
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: ImageFileTests.folder + "/444.jpg")
        assertInvalid("train/cat/link.jpg leads out of", "444.jpg") { _ = try ImageImport(folder: folder.path) }
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(of: "train/dog"), withDestinationPath: ImageFileTests.folder)
        assertInvalid("train/dog leads out of") { _ = try ImageImport(folder: folder.path) }
    }

    func testListsNameImages() throws {
        let folder = try folder()
        let train = try folder.write(
            Array("train/cat/2.jpg 10\ntrain/ant/0.png\t9\r\n\ntrain/ant/0.png 09\n".utf8), to: "train.txt")
        let test = try folder.write(Array("test/cat/0.jpg 10".utf8), to: "test.txt")
        func load() throws -> ImageCollection {
            try ImageImport(folder: folder.path, options: .init(lists: .init(train: train, test: test))).load()
        }
        // 9 and 09 are two words, so that these are no numbers.
        XCTAssertEqual(try load().train.classNames, ["09", "10", "9"])
        try folder.write(Array("train/cat/2.jpg 10\ntrain/ant/0.png 9\n".utf8), to: "train.txt")
        XCTAssertEqual(try load().train.classNames, ["9", "10"])
        XCTAssertEqual(try load().train.labels, [1, 0])
        try folder.write(Array("train/cat/2.jpg\n".utf8), to: "train.txt")
        assertCorrupt(train, "line 1 is not a path") { _ = try load() }
        try folder.write(Array("train/cat/absent.jpg 1\n".utf8), to: "train.txt")
        assertMissing(folder.path(of: "train/cat/absent.jpg"), "listed") { _ = try load() }
        try folder.write(Array("../cat.jpg 1\n".utf8), to: "train.txt")
        assertInvalid("../cat.jpg leads out of") { _ = try load() }
    }

    func testImagesWithoutLabelComeLast() throws {
        let folder = try folder(
            Self.usual + [("unlabelled/b c.png", "rgb-8.png"), ("unlabelled/deep/a.jpg", "411.jpg")])
        let images = try ImageImport(folder: folder.path)
        let path = folder.path(of: "images.safetensors")
        try images.write(to: path)
        for train in [try images.load().train, try ImageSetFile(path: path).load().train] {
            XCTAssertEqual(train.labels, [0, 0, 1, 1, -1, -1])
            XCTAssertEqual(train.classCounts, [2, 2])
            XCTAssertEqual(train.names?.all.suffix(2), ["unlabelled/b c.png", "unlabelled/deep/a.jpg"])
        }
        let groups = try folder.write(Array("ant\tx\ncat\tx".utf8), to: "groups")
        XCTAssertEqual(
            try ImageImport(folder: folder.path, options: .init(classes: groups)).load().train.labels,
            [0, 0, 0, 0, -1, -1])

        let train = try folder.write(Array("train/cat/2.jpg 1".utf8), to: "train.txt")
        let unlabelled = try folder.write(
            Array("unlabelled/b c.png\nunlabelled/b c.png 7\ntrain/ant/0.png 0\n".utf8), to: "unlabelled.txt")
        let listed = try ImageImport(
            folder: folder.path, options: .init(lists: .init(train: train, test: train, unlabelled: unlabelled))
        ).load().train
        XCTAssertEqual(listed.labels, [0, -1, -1, -1])
        XCTAssertEqual(
            listed.names?.all, ["train/cat/2.jpg", "unlabelled/b c.png", "unlabelled/b c.png", "train/ant/0.png"])
        XCTAssertEqual(listed.classNames, ["1"])
    }

    func testClassesMayBeGrouped() throws {
        let folder = try folder(Self.usual + [("train/bee/0.jpg", "420.jpg")])
        let groups = try folder.write(
            Array("class\tgroup\tname\nant\tinsect\tInsects\nbee\tinsect\nfly\tinsect\ncat\tbeast\n".utf8), to: "groups"
        )
        let images = try ImageImport(folder: folder.path, options: .init(classes: groups)).load()
        XCTAssertEqual(images.train.classNames, ["beast", "insect"])
        XCTAssertEqual(images.train.labels, [1, 1, 1, 0, 0])
        try folder.write(Array("ant\tinsect\ncat\tbeast\n".utf8), to: "groups")
        assertCorrupt(groups, "the class bee", "is in no group") {
            _ = try ImageImport(folder: folder.path, options: .init(classes: groups))
        }
    }

    func testFoldersWithoutImages() throws {
        let folder = try TemporaryFolder(for: self)
        assertMissing(folder.path(of: "train"), "train/CLASS") { _ = try ImageImport(folder: folder.path) }
        try SyntheticImageFolder.write([("train/a/0", "420.jpg")], to: folder.path)
        assertMissing(folder.path(of: "test"), "test/CLASS") { _ = try ImageImport(folder: folder.path) }
        try FileManager.default.createDirectory(atPath: folder.path(of: "test"), withIntermediateDirectories: true)
        assertInvalid("no JPEG or PNG images for testing") { _ = try ImageImport(folder: folder.path) }
        assertMissing(folder.path(of: "absent")) { _ = try ImageImport(folder: folder.path(of: "absent")) }
    }

    func testOtherFilesAreNotTakenForImportedOnes() throws {
        let folder = try folder()
        assertMissing(folder.path(of: "absent"), "equipoise data import") {
            _ = try ImageSource.images(path: folder.path(of: "absent")).load()
        }
        let text = try folder.write(Array("text".utf8), to: "text")
        assertCorrupt(text, "not a file that") { _ = try ImageSource.images(path: text).load() }
        assertInvalid("data.root=FILE") { _ = try ImageSource.images(path: nil).load() }

        let path = folder.path(of: "small.safetensors")
        try ImageImport(folder: folder.path, options: .init(side: 2)).write(to: path)
        let original = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let refused = try refusedMutations(of: original, count: 500, in: folder) { path in
            let images = try ImageSetFile(path: path).load()
            XCTAssertEqual(images.train.count, 4)
        }
        XCTAssertGreaterThan(refused, 480)
    }

    func testAKnownSetKeepsItsPublishedNormalization() throws {
        let folder = try folder(
            DatasetName.cifar10.classNames.flatMap { [("train/\($0)/0", "420.jpg"), ("test/\($0)/0", "420.jpg")] })
        func normalization(name: String, side: Int) throws -> ImageNormalization {
            try ImageImport(folder: folder.path, options: .init(name: name, side: side)).load().normalization
        }
        XCTAssertEqual(try normalization(name: "cifar10", side: 32), DatasetName.cifar10.normalization)
        XCTAssertNotEqual(try normalization(name: "cifar10", side: 16), DatasetName.cifar10.normalization)
        XCTAssertNotEqual(try normalization(name: "mine", side: 32), DatasetName.cifar10.normalization)
    }
}
