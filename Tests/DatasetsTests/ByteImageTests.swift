import XCTest

@testable import Datasets

/// Properties of the operations; their exact results are replayed from the golden vectors.
final class ByteImageTests: XCTestCase {
    private let sizes = [(1, 1, 1), (1, 5, 3), (2, 2, 1), (3, 3, 3), (28, 28, 1), (9, 13, 3), (32, 32, 3)]

    private func forEachSize(_ check: (ByteImage) throws -> Void) throws {
        for (height, width, channels) in sizes {
            try check(try .random(height: height, width: width, channels: channels))
        }
    }

    func testMirroringTwiceChangesNothing() throws {
        try forEachSize { image in
            XCTAssertEqual(
                try image.view {
                    $0.mirror()
                    $0.mirror()
                }, image)
        }
        let image = try ByteImage(height: 2, width: 3, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
        XCTAssertEqual(try image.view { $0.mirror() }.pixels, [3, 2, 1, 6, 5, 4])
    }

    func testTheMiddleCropIsTheImage() throws {
        try forEachSize { image in
            XCTAssertEqual(try image.view { $0.crop(row: 4, column: 4, padding: 4, with: .reflection) }, image)
        }
    }

    func testTheBorderIsReflectedWithoutRepeatingTheEdge() throws {
        let line = try ByteImage(height: 1, width: 4, channels: 1, pixels: [1, 2, 3, 4])
        func crop(row: Int, column: Int, _ kind: ImagePadding) throws -> [UInt8] {
            try line.view { $0.crop(row: row, column: column, padding: 2, with: kind) }.pixels
        }
        XCTAssertEqual(try crop(row: 2, column: 0, .reflection), [3, 2, 1, 2])
        XCTAssertEqual(try crop(row: 2, column: 4, .reflection), [3, 4, 3, 2])
        XCTAssertEqual(try crop(row: 0, column: 0, .zero), [0, 0, 0, 0])
        XCTAssertEqual(try crop(row: 2, column: 0, .zero), [0, 0, 1, 2])
    }

    func testOperationsThatChangeNothing() throws {
        let operations: [ImageOperation] = [
            .identity, .brightness(1), .color(1), .contrast(1), .sharpness(1), .posterize(bits: 8),
            .solarize(threshold: 256), .rotate(degrees: 0), .rotate(degrees: 360), .shearX(0), .shearY(0),
            .translateX(pixels: 0), .translateY(pixels: 0),
        ]
        try forEachSize { image in
            for operation in operations {
                XCTAssertEqual(try image.view(after: operation), image, "\(operation)")
            }
        }
    }

    func testOperationsAndTheirOpposites() throws {
        try forEachSize { image in
            XCTAssertEqual(try image.view(after: .invert).view(after: .invert), image)
            let turned = try image.view(after: .rotate(degrees: 180))
            XCTAssertEqual(try turned.view(after: .rotate(degrees: -180)), image)
        }
        let square = try ByteImage.random(height: 6, width: 6, channels: 3)
        let turned = try square.view(after: .rotate(degrees: 90))
        XCTAssertNotEqual(turned, square)
        XCTAssertEqual(try turned.view(after: .rotate(degrees: 270)), square)
    }

    func testColorLeavesGreyImagesAlone() throws {
        let grey = try ByteImage.random(height: 28, width: 28, channels: 1)
        XCTAssertEqual(try grey.view(after: .color(0.05)), grey)
    }

    /// A black 12×12 image, filled with 1 in a square of side 4: the corners on both sides belong to it, on the left it is
    /// moved inside, on the right it is cut.
    func testCutoutAtTheEdges() throws {
        let black = try ByteImage(height: 12, width: 12, channels: 1, pixels: Array(repeating: 0, count: 144))
        func filled(x: Double, y: Double) throws -> Int {
            try black.view { $0.cutOut(x: x, y: y, side: 4, color: [1]) }.pixels.reduce(0) { $0 + Int($1) }
        }
        XCTAssertEqual(try filled(x: 6, y: 6), 25)
        XCTAssertEqual(try filled(x: 0, y: 0), 25)
        XCTAssertEqual(try filled(x: 12, y: 6), 10)
        XCTAssertEqual(try filled(x: 12, y: 12), 4)
        XCTAssertEqual(try filled(x: 20, y: 6), 0)
    }

    func testBytesMustFitTheSize() {
        assertInvalid("5 bytes are not an image of 2×3×1") {
            _ = try ByteImage(height: 2, width: 3, channels: 1, pixels: [1, 2, 3, 4, 5])
        }
        assertInvalid("image of 0×3×1") { _ = try ByteImage(height: 0, width: 3, channels: 1, pixels: []) }
        assertInvalid("image of 1×1×2") { _ = try ByteImage(height: 1, width: 1, channels: 2, pixels: [1, 2]) }
    }
}
