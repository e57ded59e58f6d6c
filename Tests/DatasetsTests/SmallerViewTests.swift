import CPUBackend
import Tensors
import XCTest

@testable import Datasets

/// Views that are smaller than the images.
final class SmallerViewTests: XCTestCase {
    private func generator(_ sample: Int) -> PhiloxGenerator {
        PhiloxGenerator(RandomStream(seed: 3, purpose: .testing, sample: UInt32(sample)))
    }

    /// The window of `side` pixels each way whose first is (row, column).
    private func window(of image: ByteImage, row: Int, column: Int, side: Int) throws -> ByteImage {
        let pixels = (row..<row + side).flatMap { row -> ArraySlice<UInt8> in
            let start = (row * image.width + column) * image.channels
            return image.pixels[start..<start + side * image.channels]
        }
        return try ByteImage(height: side, width: side, channels: image.channels, pixels: pixels)
    }

    func testWeakViewsAreAllTheWindowsMirroredOrNot() throws {
        let image = try ByteImage.random(height: 10, width: 12, channels: 3)
        let windows = try (0...3).flatMap { row in
            try (0...5).flatMap { column in
                let window = try window(of: image, row: row, column: column, side: 7)
                return [window, try window.view { $0.mirror() }]
            }
        }
        for form in [Augmentation.daso, .usb, .bmb] {
            let views = try (0..<1_000).map { sample in
                var generator = generator(sample)
                return try image.view(side: 7) { form.weak.append(to: &$0, drawingFrom: &generator) }
            }
            XCTAssertEqual(Set(views), Set(windows))
        }
    }

    func testAProgramThatCutsNothingOutTakesTheCentre() throws {
        let image = try ByteImage.random(height: 10, width: 13, channels: 1)
        let centre = try window(of: image, row: 2, column: 3, side: 6)
        XCTAssertEqual(try image.view(side: 6) { _ in }, centre)
        // What works on the whole image works before.
        let inverted = try centre.view(after: .invert)
        XCTAssertEqual(try image.view(side: 6) { ImageOperation.invert.append(to: &$0) }, inverted)
        let shifted = try window(of: image, row: 2, column: 4, side: 6)
        XCTAssertEqual(
            try image.view(side: 6) { ImageOperation.translateX(pixels: 1).append(to: &$0) }, shifted)
    }

    /// A square is placed in the view, and as large as the view says.
    func testTheSquareOfStrongViewsIsHalfAsWideAsTheView() throws {
        let image = try ByteImage(height: 20, width: 24, channels: 1, pixels: Array(repeating: 200, count: 480))
        for sample in 0..<100 {
            var generator = generator(sample)
            let view = try image.view(side: 16) {
                StrongAugmentation.daso.append(to: &$0, after: Augmentation.daso.weak, drawingFrom: &generator)
            }
            let filled = view.pixels.count { $0 == 127 }
            XCTAssertGreaterThanOrEqual(filled, 16)
            XCTAssertLessThanOrEqual(filled, 81)
        }
    }

    /// BMB's operations work on the whole image, so that the black of what is rotated may be cut away; it fills no square.
    func testStrongViewsOfBMBAreCutOutAtLast() throws {
        let image = try ByteImage.random(height: 20, width: 24, channels: 3)
        for sample in 0..<40 {
            var generator = generator(sample)
            let view = try image.view(side: 16) {
                StrongAugmentation.bmb(mean: [1, 2, 3])
                    .append(to: &$0, after: Augmentation.bmb.weak, drawingFrom: &generator)
            }
            generator = self.generator(sample)
            let operations = RandAugment.bmb.draw(forImageOf: (20, 24), from: &generator)
            _ = (generator.integer(below: 16), generator.integer(below: 16))
            let (row, column) = (generator.integer(below: 5), generator.integer(below: 9))
            let changed = try image.view { for operation in operations { operation.append(to: &$0) } }
            var expected = try window(of: changed, row: row, column: column, side: 16)
            if generator.uniform() < 0.5 { expected = try expected.view { $0.mirror() } }
            XCTAssertEqual(view, expected)
        }
    }

    func testContrastiveViewsShowPartsOfTheWholeImage() throws {
        // Rows 0, 10, 20 …: every crop's first row is at least its place in the image.
        let image = try ByteImage(
            height: 20, width: 20, channels: 1, pixels: (0..<400).map { UInt8($0 / 20 * 10) })
        var firstRows: Set<UInt8> = []
        var lastRows: Set<UInt8> = []
        for sample in 0..<200 {
            var generator = generator(sample)
            let view = try image.view(side: 8) { programs in
                ContrastiveAugmentation().append(to: &programs, drawingFrom: &generator)
                XCTAssertEqual(programs.size, programs.viewSize)
            }
            firstRows.insert(view.pixels[0])
            lastRows.insert(view.pixels[63])
        }
        XCTAssertGreaterThan(firstRows.count, 10)
        XCTAssertGreaterThan(lastRows.count, 10)
    }

    func testEvaluationAndBatchesHaveTheViewsSize() throws {
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 9, channels: 3)
        let normalization = ImageNormalization(mean: [0, 0, 0], standardDeviation: [1 / 255, 1 / 255, 1 / 255])
        let images = try DeviceImages(dataset, normalization: normalization, viewSide: 6)
        let backend = CPUBackend()
        let plain = try images.images(at: [4, 2], on: backend)
        XCTAssertEqual(plain.shape, [2, 6, 6, 3])
        let centres = try [4, 2].flatMap { try window(of: dataset.image(at: $0), row: 1, column: 1, side: 6).pixels }
        for (value, byte) in zip(try backend.read(plain).floats, centres) {
            XCTAssertEqual(value, Float(byte), accuracy: 1e-3)
        }
        let set = try TrainingSet(
            labelled: Array(0..<20), labels: Array(dataset.labels.prefix(20)), unlabelled: Array(20..<40), of: dataset)
        var producers: [any BatchProducer] = [
            try TrainingBatchProducer(
                dataset: dataset, trainingSet: set, normalization: normalization,
                options: .init(labelledBatch: 4, unlabelledBatch: 2, viewSide: 6, seed: 5)),
            try ClassBalancedBatchProducer(
                dataset: dataset, trainingSet: set, composition: .images(8), augmentation: .daso, viewSide: 6, seed: 5),
            try TwoViewBatchProducer(
                dataset: dataset, members: Array(0..<9), batchSize: 4, augmentation: ContrastiveAugmentation(),
                viewSide: 6, seed: 5),
        ]
        for index in producers.indices {
            let views = try images.views(producers[index].batch(at: 0).views, on: backend)
            XCTAssertEqual(views.shape, [8, 6, 6, 3])
        }
    }

    func testViewsLargerThanTheImagesAreRefused() throws {
        let dataset = try ImageDataset.random(count: 3, height: 8, width: 9)
        let normalization = DatasetName.fashionMNIST.normalization
        for side in [9, 0, -1] {
            assertInvalid("views of \(side)×\(side) pixels cannot be cut out of images of 8×9") {
                _ = try DeviceImages(dataset, normalization: normalization, viewSide: side)
            }
        }
        _ = try DeviceImages(dataset, normalization: normalization, viewSide: 8)
    }
}
