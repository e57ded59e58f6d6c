import Foundation
import XCTest

@testable import Datasets

/// Images of every kind against the pixels that Pillow makes of them; `Images/generate.py` wrote both.
final class ImageFileTests: XCTestCase {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Images")
        .path

    /// The pixels in a file of the folder.
    static func pixels(_ name: String) throws -> ByteImage {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name).pixels")))
        return try ByteImage(
            height: Int(bytes[0]), width: Int(bytes[1]), channels: 3, pixels: Array(bytes.dropFirst(2)))
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name)")))
    }

    private func decode(_ path: String) throws {
        _ = try ImageFile(path: path)?.decoded(channels: 3)
    }

    func testEveryKindHasPillowsPixels() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
            .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }
        XCTAssertEqual(names.count, 35)
        for name in names.sorted() {
            let file = try XCTUnwrap(try ImageFile(path: "\(Self.folder)/\(name)"), name)
            let expected = try Self.pixels(name)
            let found = try file.decoded(channels: 3)
            XCTAssertEqual([file.height, file.width], [expected.height, expected.width], name)
            XCTAssertEqual([found.height, found.width], [expected.height, expected.width], name)
            let differences = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
            XCTAssertEqual(differences.max(), 0, "\(name): \(differences.count { $0 > 0 }) values differ")
            XCTAssertEqual(file.header.isGrey, name.hasPrefix("grey"), name)
            if file.header.isGrey {
                let grey = try file.decoded(channels: 1).pixels
                XCTAssertEqual(
                    grey, stride(from: 0, to: expected.pixels.count, by: 3).map { expected.pixels[$0] }, name)
            }
        }
    }

    func testResizingIsPillows() throws {
        let image = try Self.pixels("resized")
        for name in ["smaller", "larger", "narrower"] {
            let expected = try Self.pixels("resized-\(name)")
            XCTAssertEqual(image.resized(height: expected.height, width: expected.width), expected, name)
        }
        XCTAssertEqual(image.resized(height: image.height, width: image.width), image)
    }

    func testCoveringASquareIsTorchvisions() throws {
        let image = try Self.pixels("resized")
        let turned = try ByteImage(
            height: image.width, width: image.height, channels: 3,
            pixels: (0..<image.width).flatMap { column in
                (0..<image.height).flatMap { row -> ArraySlice<UInt8> in
                    let start = 3 * (row * image.width + column)
                    return image.pixels[start..<start + 3]
                }
            })
        for (name, source) in [("wide", image), ("wider", image), ("tall", turned)] {
            let expected = try Self.pixels("covered-\(name)")
            XCTAssertEqual(source.fitted(to: expected.height, .cover), expected, name)
        }
        let long = try ByteImage.random(height: 2, width: 37, channels: 1)
        XCTAssertEqual(long.fitted(to: 2, .cover).pixels, [18, 19, 55, 56].map { long.pixels[$0] })

        // Stretched as a whole it would take 12.9 GB.
        let line = try ByteImage.random(height: 1, width: 65_535, channels: 3).fitted(to: 256, .cover)
        XCTAssertEqual([line.height, line.width, line.pixels.count], [256, 256, 256 * 256 * 3])
        XCTAssertEqual(line.pixels.prefix(768), line.pixels.suffix(768))
    }

    func testOtherFilesAreNoImages() throws {
        let folder = try TemporaryFolder(for: self)
        for content in [[], Array("GIF89a".utf8), [0xFF, 0xD8], Array("text\n".utf8)] as [[UInt8]] {
            XCTAssertNil(try ImageFile(path: try folder.write(content, to: "other")))
        }
        XCTAssertNil(try ImageFile(path: "/dev/null"))
        // Too large to be an image, if it were one; a hole takes no room on the disk.
        for (start, isImage) in [(Array("text".utf8), false), (JPEGDecoder.signature, true)] {
            let path = try folder.write(start, to: "vast-\(isImage)")
            XCTAssertEqual(truncate(path, off_t(ImageFile.largestFile + 1)), 0)
            if isImage {
                assertCorrupt(path, "too many for an image") { try decode(path) }
            } else {
                XCTAssertNil(try ImageFile(path: path))
            }
        }
        assertMissing(folder.path(of: "absent"), "not there") { try decode(folder.path(of: "absent")) }
    }

    func testEveryCutIsRefused() throws {
        let folder = try TemporaryFolder(for: self)
        for name in ["420.jpg", "progressive.jpg", "rgb-8.png", "interlaced.png", "palette.png"] {
            let whole = try bytes(name)
            // PNG's last twelve bytes are a mark that it ends; the pixels are complete before it.
            for length in stride(from: 8, to: whole.count - 14, by: 7) {
                let path = try folder.write(Array(whole.prefix(length)), to: "cut-\(length)-\(name)")
                assertCorrupt(path) { try decode(path) }
            }
        }
    }

    func testAHeaderMayNotPromiseTooMuch() throws {
        let folder = try TemporaryFolder(for: self)
        // libpng would take the 1.5 GB that this chunk says it has.
        var chunk = try bytes("rgb-8.png")
        chunk.replaceSubrange(33..<37, with: [0x5D, 0, 0, 0])
        let promising = try folder.write(chunk, to: "chunk.png")
        assertCorrupt(promising, "ends in the middle of a chunk of 1560281088 bytes") { try decode(promising) }

        var png = try bytes("rgb-8.png")
        // 25200 × 33300, with a checksum that fits.
        png.replaceSubrange(16..<24, with: [0, 0, 0x62, 0x70, 0, 0, 0x82, 0x14])
        var checksum = Checksum()
        png[12..<29].withUnsafeBytes { checksum.add($0) }
        let digits = try XCTUnwrap(UInt32(checksum.digits, radix: 16))
        png.replaceSubrange(29..<33, with: withUnsafeBytes(of: digits.bigEndian, Array.init))
        let path = try folder.write(png, to: "vast.png")
        assertCorrupt(path, "33300×25200 pixels are too many") { try decode(path) }

        var jpeg = try bytes("444.jpg")
        let frame = try XCTUnwrap(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
        let other = try folder.write(jpeg, to: "vast.jpg")
        assertCorrupt(other, "65500×65500 pixels are too many") { try decode(other) }
    }

    func testDamagedFilesNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        let counts = [
            "420.jpg": 4000, "progressive.jpg": 4000, "orientation-6.jpg": 2000, "rgba-16.png": 5000,
            "palette-transparent.png": 5000,
        ]
        for (name, count) in counts {
            let refused = try refusedMutations(of: try bytes(name), count: count, in: folder) { try decode($0) }
            XCTAssertGreaterThan(refused, count / 10, name)
        }
    }
}
