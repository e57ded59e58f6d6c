import Tensors
import XCTest

@testable import Datasets

final class RandomViewTests: XCTestCase {
    private func generator(_ sample: Int) -> PhiloxGenerator {
        PhiloxGenerator(RandomStream(seed: 3, purpose: .testing, sample: UInt32(sample)))
    }

    private func weakViews(of image: ByteImage, _ augmentation: WeakAugmentation, count: Int) -> Set<ByteImage> {
        Set(
            (0..<count).map { sample in
                var generator = generator(sample)
                return augmentation.view(of: image, drawingFrom: &generator)
            })
    }

    func testWeakViewsAreAllTheShiftsMirroredOrNot() throws {
        let image = try ByteImage.random(height: 10, width: 12, channels: 1)
        let shifts = (0...8).flatMap { row in
            (0...8).map { image.shiftedCrop(row: row, column: $0, padding: 4) }
        }
        XCTAssertEqual(
            weakViews(of: image, WeakAugmentation(), count: 2_000), Set(shifts + shifts.map { $0.mirrored() }))
        XCTAssertEqual(weakViews(of: image, WeakAugmentation(flips: false), count: 2_000), Set(shifts))
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
            case .invert: XCTFail("not in DASO's list")
            }
        }
        // 3 without strength, 4 × 9 blends, 4 bits, 18 angles, 2 × 18 shears, 9 thresholds; the translations of 40 columns
        // are 1, 2, 3, 4, 6, 7, 8, 9, 10 (9 levels, both signs), of 20 rows 0, 1, 2, 3, 4, 5 (0 has one sign).
        XCTAssertEqual(seen.count, 3 + 36 + 4 + 18 + 36 + 9 + 18 + 11)
    }

    func testStrongViewsHaveAGreySquareOfHalfTheWidth() throws {
        let image = try ByteImage(
            height: 28, width: 28, channels: 1, pixels: Array(repeating: 200, count: 784))
        for sample in 0..<200 {
            var generator = generator(sample)
            let view = StrongAugmentation.daso.view(of: image, after: WeakAugmentation(), drawingFrom: &generator)
            // At least a quarter of the square is inside: 7 + 1 pixels each way, or 7 where the edge cuts.
            XCTAssertGreaterThanOrEqual(view.pixels.count { $0 == 127 }, 49)
        }
    }

    func testTheSameStreamGivesTheSameView() throws {
        let image = try ByteImage.random(height: 32, width: 32, channels: 3)
        let views = (0..<50).map { sample in
            var (first, second) = (generator(sample), generator(sample))
            let view = StrongAugmentation.daso.view(of: image, after: WeakAugmentation(), drawingFrom: &first)
            XCTAssertEqual(
                StrongAugmentation.daso.view(of: image, after: WeakAugmentation(), drawingFrom: &second), view)
            return view
        }
        XCTAssertEqual(Set(views).count, 50)
    }
}
