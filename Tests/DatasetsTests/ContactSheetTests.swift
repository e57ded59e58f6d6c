import XCTest

@testable import Datasets

final class ContactSheetTests: XCTestCase {
    private func dataset(labels: [Int], classes: Int, side: Int = 2, channels: Int = 3) throws -> ImageDataset {
        let length = side * side * channels
        return try ImageDataset(
            name: "sheet", height: side, width: side, channels: channels,
            pixels: labels.indices.flatMap { [UInt8](repeating: UInt8($0 + 1), count: length) }, labels: labels,
            classNames: (0..<classes).map(String.init))
    }

    func testARowForEachClassAndOneForImagesWithoutLabel() throws {
        let sheet = try ContactSheet(of: dataset(labels: [1, -1, 0, 1], classes: 3))
        let picture = sheet.picture
        XCTAssertEqual([picture.height, picture.width, picture.channels], [2 + 4 * 4, 2 + 16 * 4, 3])
        func value(_ row: Int, _ column: Int) -> UInt8 { picture.pixels[(row * picture.width + column) * 3 + 2] }
        XCTAssertEqual([value(2, 2), value(3, 3), value(2, 4), value(2, 6)], [3, 3, 255, 255])
        XCTAssertEqual([value(6, 2), value(6, 6), value(6, 10)], [1, 4, 255])
        XCTAssertEqual(value(10, 2), 255, "a class without images")
        XCTAssertEqual(value(14, 2), 2)
        XCTAssertEqual([value(0, 0), value(17, 65)], [255, 255])
    }

    func testThePictureReadsBackTheSame() throws {
        for channels in [1, 3] {
            let sheet = try ContactSheet(of: dataset(labels: [0, 1, 1], classes: 2, channels: channels))
            let path = try TemporaryFolder(for: self).path(of: "sheet.png")
            try sheet.write(to: path)
            let file = try XCTUnwrap(try ImageFile(path: path))
            XCTAssertEqual(file.header.isGrey, channels == 1)
            XCTAssertEqual(try file.decoded(channels: channels), sheet.picture)
        }
    }

    func testManyClassesHaveFewerImagesEach() throws {
        let sheet = try ContactSheet(of: dataset(labels: [0], classes: 1000, side: 62, channels: 1))
        XCTAssertEqual(sheet.picture.width, 2 + 8 * 64)
        assertInvalid("too many for one picture") {
            _ = try ContactSheet(of: dataset(labels: [0], classes: 10_000, side: 64, channels: 1))
        }
    }
}
