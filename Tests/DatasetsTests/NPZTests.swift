import XCTest

@testable import Datasets

final class NPZTests: XCTestCase {
    private typealias Arrays = [(name: String, bytes: [UInt8])]

    /// Three training images of 1×2 and a test image, as in Keras' `mnist.npz`.
    private static let keras: Arrays = [
        ("x_train", ZipWriter.array("|u1", shape: [3, 1, 2], [0, 50, 100, 150, 200, 250])),
        ("y_train", ZipWriter.array("|u1", shape: [3], [2, 0, 2])),
        ("x_test", ZipWriter.array("|u1", shape: [1, 1, 2], [7, 8])),
        ("y_test", ZipWriter.array("|u1", shape: [1], [1])),
    ]

    private static func replacing(_ name: String, by bytes: [UInt8]) -> Arrays {
        keras.map { $0.name == name ? (name, bytes) : $0 }
    }

    private func write(_ arrays: Arrays, isDeflated: Bool = false) throws -> String {
        try TemporaryFolder(for: self).write(ZipWriter.archive(arrays, isDeflated: isDeflated), to: "digits.npz")
    }

    private func assertRefused(
        _ arrays: Arrays, _ reason: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let path = try write(arrays)
        assertCorrupt(path, reason, file: file, line: line) { _ = try ImageSource.images(path: path).load() }
    }

    func testReadsStoredAndDeflatedArchives() throws {
        for isDeflated in [false, true] {
            let source = ImageSource.images(path: try write(Self.keras, isDeflated: isDeflated))
            XCTAssertEqual(
                try source.form(), ImageForm(height: 1, width: 2, channels: 1, classNames: ["0", "1", "2"]))
            let images = try source.load()
            XCTAssertEqual(Array(images.train.pixels), [0, 50, 100, 150, 200, 250])
            XCTAssertEqual(images.train.labels, [2, 0, 2])
            XCTAssertEqual(images.test.labels, [1])
            XCTAssertEqual(images.train.name, "digits")
            XCTAssertEqual(Double(images.normalization.mean[0]), 125.0 / 255, accuracy: 1e-6)
            XCTAssertEqual(images.warnings, [])
        }
    }

    /// zlib takes in the last of what zeros are packed to while it still holds some of them back.
    func testReadsWhatIsHeldBackWhenThePackedBytesAreUsedUp() throws {
        let count = (3 << 14) + 1
        let images = ZipWriter.array("|u1", shape: [count, 8, 8], Array(repeating: 0, count: 64 * count))
        let labels = ZipWriter.array("|u1", shape: [count], Array(repeating: 0, count: count))
        let path = try write(
            [("x_train", images), ("y_train", labels), ("x_test", images), ("y_test", labels)], isDeflated: true)
        XCTAssertEqual(try NPZImages(path: path).load().train.count, count)
    }

    func testReadsColoursAndOtherLabels() throws {
        let labels = [(-1, "<i8", 8), (300, ">i2", 2)].map { value, type, length in
            let bytes = ZipWriter.littleEndian(value, length)
            return ZipWriter.array(type, shape: [1, 1], type.hasPrefix(">") ? bytes.reversed() : bytes, version: 2)
        }
        let image = ZipWriter.array("|u1", shape: [1, 1, 1, 3], [1, 2, 3], version: 2)
        func arrays(_ train: [UInt8]) -> Arrays {
            [
                ("train_images", image), ("train_labels", train), ("test_images", image), ("test_labels", labels[1]),
                ("val_images", image),
            ]
        }
        let images = try ImageSource.images(path: write(arrays(labels[1]), isDeflated: true)).load()
        XCTAssertEqual(images.form.channels, 3)
        XCTAssertEqual(images.train.labels, [300])
        XCTAssertEqual(images.train.classNames.count, 301)
        XCTAssertTrue(images.warnings.first?.hasPrefix("val_images.npy of ") ?? false, "\(images.warnings)")
        try assertRefused(arrays(labels[0]), "expected labels from 0 to 65535 in train_labels, found -1 at image 0")
        let huge = ZipWriter.array("<u8", shape: [1], Array(repeating: 255, count: 8))
        try assertRefused(arrays(huge), "has a number that is too large, 18446744073709551615")
    }

    func testArraysOfOtherKindsAreRefused() throws {
        func images(_ bytes: [UInt8]) -> Arrays { Self.replacing("x_train", by: bytes) }
        try assertRefused([Self.keras[0]], "has no y_train.npy, only x_train.npy")
        try assertRefused([("a", [])], "has neither x_train")
        try assertRefused(images(Array("text".utf8)), "ends too early: expected 8 bytes of an array's header, found 4")
        try assertRefused(images(ZipWriter.header("{}", version: 3)), "in version 1 or 2")
        try assertRefused(images(ZipWriter.array("<f4", shape: [3, 1, 2], [])), "is of the type \"<f4\"")
        try assertRefused(images(ZipWriter.array("<u2", shape: [1, 1, 1], [1, 2])), "expected a label for each of 1")
        try assertRefused(
            Self.replacing("x_train", by: ZipWriter.array("<u2", shape: [3, 1, 2], Array(repeating: 0, count: 12))),
            "is of the type \"<u2\", expected numpy.uint8")
        try assertRefused(
            images(ZipWriter.array("|u1", shape: [3, 2], Array(1...6))), "are [3, 2], expected [N, H, W]")
        try assertRefused(images(ZipWriter.array("|u1", shape: [3, 1, 1, 2], Array(1...6))), "with 1 or 3 channels")
        try assertRefused(images(ZipWriter.array("|u1", shape: [0, 1, 2], [])), "expected a label for each of 0")
        try assertRefused(images(ZipWriter.array("|u1", shape: [3, 2, 2], Array(1...6))), "its shape [3, 2, 2] needs")
        try assertRefused(
            images(ZipWriter.array("|u1", shape: [3, 1, 1 << 40], [])), "more than the 2147483648 bytes that are read")
        try assertRefused(images(ZipWriter.array("|u1", shape: [.max, .max, 2], [])), "more than the 2147483648 bytes")
        try assertRefused(
            images(ZipWriter.header("{'descr': '|u1', 'fortran_order': True, 'shape': (3, 1, 2)}") + Array(1...6)),
            "lies column by column")
        for (header, reason) in [
            ("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (3,)}", "arrays of records are not read"),
            ("{'descr': '|u1', 'fortran_order': 0, 'shape': (3,)}", "no True or False"),
            ("{'descr': '|u1', 'fortran_order': False, 'shape': (-3,)}", "a shape that cannot be"),
            ("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}", "a shape that cannot be"),
            ("{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", "a shape that cannot be"),
            ("{'descr': '|u1', 'fortran_order': False, 'more': (3,)}", "has the unknown key \"more\""),
            ("{'descr': '|u1' 'fortran_order': False}", "no comma where one belongs"),
            ("{'descr': '|u1', 'fortran_order': False}", "is not descr, fortran_order and shape"),
            ("{'descr': '|u1', 'fortran_order': False, 'shape': ()} more", "is not descr, fortran_order and shape"),
            ("['descr']", "has no { where one belongs"), ("{'descr", "no text in quotes"),
        ] {
            try assertRefused(images(ZipWriter.header(header)), reason)
        }
        let test = ZipWriter.array("|u1", shape: [1, 2, 1], [7, 8])
        try assertRefused(
            Self.replacing("x_test", by: test), "training images of [1, 2, 1] and test images of [2, 1, 1]")
    }

    /// Bytes of an archive that are changed one by one, counted from the place of a mark.
    func testHostileArchivesAreRefused() throws {
        let whole = try ZipWriter.archive(Self.keras, isDeflated: true)
        func place(of mark: String, last: Bool = false) throws -> Int {
            let pattern = Array(mark.utf8)
            let places = whole.indices.filter { whole[$0...].starts(with: pattern) }
            return try XCTUnwrap(last ? places.last : places.first)
        }
        let (entry, end) = (try place(of: "PK\u{1}\u{2}"), try place(of: "PK\u{5}\u{6}"))
        let second = try XCTUnwrap((entry + 1..<end).first { whole[$0...].starts(with: Array("PK\u{1}\u{2}".utf8)) })
        for (change, reason) in [
            ([(entry + 8, 1)], "is encrypted"), ([(entry + 10, 12)], "is packed by method 12"),
            ([(entry + 16, 0xAA), (entry + 17, 0xAA)], "has a wrong checksum"),
            ([(entry + 27, 0x70)], "which cannot be"), ([(entry + 24, 1)], "but its shape [3, 1, 2] needs"),
            ([(entry + 20, 0xFF), (entry + 21, 0xFF)], "reaches beyond"), ([(entry + 42, 1)], "is not where"),
            ([(second + 42, 0)], "overlap"), ([(entry + 46, 10)], "has no name that can be"),
            ([(entry, 0)], "damaged directory"), ([(end, 0)], "is no ZIP archive, or is cut short"),
            ([(end + 4, 1)], "of several parts"), ([(end + 8, 9)], "of several parts"),
            ([(end + 8, 255), (end + 9, 15), (end + 10, 255), (end + 11, 15)], "which cannot be"),
            ([(end + 14, 1)], "which cannot be"), ([(end + 8, 5), (end + 10, 5)], "damaged directory"),
        ] as [([(Int, UInt8)], String)] {
            var bytes = whole
            for (place, value) in change { bytes[place] = value }
            let path = try TemporaryFolder(for: self).write(bytes, to: "digits.npz")
            assertCorrupt(path, reason) { _ = try NPZImages(path: path).load() }
        }
        try assertRefused(Self.keras + [Self.keras[0]], "two entries of the name x_train.npy")
        let missing = try TemporaryFolder(for: self).path(of: "absent.npz")
        assertMissing(missing, "data import") { _ = try ImageSource.images(path: missing).load() }
        var commented = ZipWriter()
        for (name, bytes) in Self.keras { try commented.add("\(name).npy", bytes, isDeflated: true) }
        let path = try TemporaryFolder(for: self).write(commented.archive(comment: "by hand"), to: "digits.npz")
        XCTAssertEqual(try NPZImages(path: path).load().train.count, 3)
    }

    /// 16 MB of zeros in 16 KB: refused by what the array says, before anything of it is unpacked.
    func testABombIsNotUnpacked() throws {
        let header = ZipWriter.array("|u1", shape: [3, 1, 2], [])
        let bomb = header + Array(repeating: 0, count: 1 << 24)
        let path = try write(Self.replacing("x_train", by: bomb), isDeflated: true)
        assertCorrupt(path, "has 16777344 bytes, but its shape [3, 1, 2] needs 134") {
            _ = try NPZImages(path: path).load()
        }
    }

    func testDamagedFilesNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        for isDeflated in [false, true] {
            let whole = try ZipWriter.archive(Self.keras, isDeflated: isDeflated)
            let refused = try refusedMutations(of: whole, count: 5_000, in: folder) {
                _ = try NPZImages(path: $0).load()
            }
            XCTAssertGreaterThan(refused, 2_000)
        }
        let header = ZipWriter.array("|u1", shape: [3, 1, 2], [])
        let refused = try refusedMutations(of: Array(header.dropFirst(10)), count: 4_000, in: folder) { path in
            let text = try RandomAccessFile(path: path, advice: "").bytes(from: 0, upTo: 1000)
            do {
                _ = try NPYHeader(text)
            } catch let refusal as NPYHeader.Refusal {
                throw DatasetError.invalid(refusal.problem)
            }
        }
        XCTAssertGreaterThan(refused, 2_000)
    }
}
