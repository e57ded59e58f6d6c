import Tensors
import XCTest

@testable import Datasets

final class RandomViewTests: XCTestCase {
    private func generator(_ sample: Int) -> PhiloxGenerator {
        PhiloxGenerator(RandomStream(seed: 3, purpose: .testing, sample: UInt32(sample)))
    }

    private func strongView(
        of image: ByteImage, _ strong: StrongAugmentation, after weak: WeakAugmentation, sample: Int
    ) throws -> ByteImage {
        var generator = generator(sample)
        return try image.view { strong.append(to: &$0, after: weak, drawingFrom: &generator) }
    }

    func testWeakViewsAreAllTheShiftsMirroredOrNot() throws {
        let image = try ByteImage.random(height: 10, width: 12, channels: 1)
        for (form, padding) in [(Augmentation.daso, ImagePadding.reflection), (.usb, .reflection), (.bmb, .zero)] {
            let shifts = try (0...8).flatMap { row in
                try (0...8).flatMap { column in
                    try [false, true].map { isMirrored in
                        try image.view {
                            $0.crop(row: row, column: column, padding: 4, with: padding)
                            if isMirrored { $0.mirror() }
                        }
                    }
                }
            }
            let views = try (0..<2_000).map { sample in
                var generator = generator(sample)
                return try image.view { form.weak.append(to: &$0, drawingFrom: &generator) }
            }
            XCTAssertEqual(Set(views), Set(shifts))
        }
    }

    /// Each of two operations is applied in half of the cases, and the strengths are those of DASO's table.
    func testRandAugmentDrawsFromTheWholeList() {
        let drawn = (0..<4_000).flatMap { sample in
            var generator = generator(sample)
            return RandAugment.daso.draw(forImageOf: (height: 20, width: 40), from: &generator)
        }
        XCTAssertEqual(Double(drawn.count), 4_000, accuracy: 200)

        let blends = Set((1...9).map { Float(Double($0) * 0.9 / 10 + 0.05) })
        var seen: Set<ImageOperation> = []
        for operation in drawn {
            seen.insert(operation)
            switch operation {
            case .brightness(let strength), .color(let strength), .contrast(let strength), .sharpness(let strength):
                XCTAssertTrue(blends.contains(strength), "\(operation)")
            case .posterize(let bits): XCTAssertTrue((4...7).contains(bits), "\(operation)")
            case .rotate(let degrees): XCTAssertTrue([3, 6, 9, 12, 15, 18, 21, 24, 27].contains(abs(degrees)))
            case .shearX(let strength), .shearY(let strength):
                XCTAssertTrue((0.03 - 1e-12...0.27 + 1e-12).contains(abs(strength)), "\(operation)")
            case .solarize(let threshold): XCTAssertTrue((26...231).contains(threshold), "\(operation)")
            case .translateX(let pixels): XCTAssertTrue((1...10).contains(abs(pixels)) && pixels == pixels.rounded())
            case .translateY(let pixels): XCTAssertTrue((0...5).contains(abs(pixels)) && pixels == pixels.rounded())
            case .autoContrast, .equalize, .identity: break
            case .invert, .solarizeAdd, .cutout: XCTFail("not in DASO's list")
            }
        }
        // 3 without strength, 4 × 9 blends, 4 bits, 18 angles, 2 × 18 shears, 9 thresholds; the translations of 40 columns
        // are 1, 2, 3, 4, 6, 7, 8, 9, 10 (9 levels, both signs), of 20 rows 0, 1, 2, 3, 4, 5 (0 has one sign).
        XCTAssertEqual(seen.count, 3 + 36 + 4 + 18 + 36 + 9 + 18 + 11)
    }

    /// Three operations in all cases, whose strengths fill USB's ranges.
    func testRandAugmentOfUSBFillsItsRanges() {
        var degrees: [Double] = []
        var thresholds: [Int] = []
        var bits: Set<Int> = []
        for sample in 0..<3_000 {
            var generator = generator(sample)
            let drawn = RandAugment.usb.draw(forImageOf: (height: 20, width: 40), from: &generator)
            XCTAssertEqual(drawn.count, 3)
            for operation in drawn {
                switch operation {
                case .rotate(let angle): degrees.append(angle)
                case .solarize(let threshold): thresholds.append(threshold)
                case .posterize(let kept): bits.insert(kept)
                case .translateX(let pixels): XCTAssertTrue((-12...12).contains(pixels))
                case .translateY(let pixels): XCTAssertTrue((-6...6).contains(pixels))
                case .shearX(let strength), .shearY(let strength): XCTAssertTrue((-0.3...0.3).contains(strength))
                case .brightness(let strength), .color(let strength), .contrast(let strength), .sharpness(let strength):
                    XCTAssertTrue((0.05...0.95).contains(strength))
                case .autoContrast, .equalize, .identity: break
                case .invert, .solarizeAdd, .cutout: XCTFail("not in USB's list")
                }
            }
        }
        XCTAssertEqual(bits, [4, 5, 6, 7])
        for (values, range) in [(degrees, -30.0...30), (thresholds.map(Double.init), 0...256)] {
            XCTAssertEqual(values.min() ?? 0, range.lowerBound, accuracy: 3)
            XCTAssertEqual(values.max() ?? 0, range.upperBound, accuracy: 3)
            let mean = values.reduce(0, +) / Double(values.count)
            XCTAssertEqual(mean, (range.lowerBound + range.upperBound) / 2, accuracy: 13)
        }
    }

    /// Three of sixteen operations; m = 4 of 30 fixes each strength.
    func testRandAugmentOfBMBHasFixedStrengths() {
        var seen: Set<ImageOperation> = []
        for sample in 0..<1_000 {
            var generator = generator(sample)
            let drawn = RandAugment.bmb.draw(forImageOf: (height: 32, width: 32), from: &generator)
            XCTAssertEqual(drawn.count, 3)
            seen.formUnion(drawn)
        }
        let squares = seen.filter { if case .cutout = $0 { true } else { false } }
        XCTAssertGreaterThan(squares.count, 100)
        // Four without strength, six of one strength and five with a direction; the strengths worked out by hand.
        let others = seen.subtracting(squares)
        XCTAssertEqual(others.count, 3 + 7 + 2 * 5)
        for operation: ImageOperation in [
            .posterize(bits: 1), .solarize(threshold: 35), .solarizeAdd(14), .color(0.34), .rotate(degrees: -4),
            .shearX(0.04), .translateY(pixels: 40.0 / 3),
        ] {
            XCTAssertTrue(others.contains(operation), "\(operation)")
        }
    }

    func testSolarizeAddInvertsWhatTheAdditionMadeBright() throws {
        let image = try ByteImage(height: 1, width: 4, channels: 1, pixels: [0, 113, 114, 250])
        XCTAssertEqual(try image.view(after: .solarizeAdd(14)).pixels, [14, 127, 127, 0])
    }

    /// Sixteen of 32 pixels each way in the mean colour, cut by the border on both sides; in the coordinates of the shifted
    /// image, so that only a black border may be there beside it.
    func testTheSquareOfBMBHasTheMeanColour() throws {
        let image = try ByteImage(height: 32, width: 32, channels: 3, pixels: Array(repeating: 200, count: 3072))
        let normalization = ImageNormalization(mean: [0.4, 0.5, 0.6], standardDeviation: [1, 1, 1])
        var counts: [Int] = []
        for sample in 0..<200 {
            let view = try strongView(
                of: image, Augmentation.bmb.strong(normalization), after: Augmentation.bmb.weak, sample: sample)
            counts.append(
                stride(from: 0, to: view.pixels.count, by: 3).count {
                    Array(view.pixels[$0..<$0 + 3]) == [102, 128, 153]
                })
        }
        XCTAssertEqual(counts.max(), 256)
        XCTAssertGreaterThanOrEqual(counts.min() ?? 0, 64)
    }

    func testStrongViewsHaveAGreySquareOfHalfTheWidth() throws {
        let image = try ByteImage(
            height: 28, width: 28, channels: 1, pixels: Array(repeating: 200, count: 784))
        for sample in 0..<200 {
            let view = try strongView(of: image, .daso, after: Augmentation.daso.weak, sample: sample)
            // At least a quarter of the square is inside: 7 + 1 pixels each way, or 7 where the edge cuts.
            XCTAssertGreaterThanOrEqual(view.pixels.count { $0 == 127 }, 49)
        }
    }

    func testTheSameStreamGivesTheSameView() throws {
        let image = try ByteImage.random(height: 32, width: 32, channels: 3)
        let views = try (0..<50).map { sample in
            let view = try strongView(of: image, .daso, after: Augmentation.daso.weak, sample: sample)
            XCTAssertEqual(try strongView(of: image, .daso, after: Augmentation.daso.weak, sample: sample), view)
            return view
        }
        XCTAssertEqual(Set(views).count, 50)
    }
}
