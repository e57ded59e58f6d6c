import Tensors
import XCTest

@testable import Datasets

/// Against torchvision's `adjust_hue` and `gaussian_blur` of Pillow's images; `Images/generate.py` wrote the files.
final class HueAndBlurTests: XCTestCase {
    func testHuesAreTurnedAsByTorchvision() throws {
        let image = try ImageFileTests.pixels("hue")
        for (name, factor) in [("hue-turned", 0.1), ("hue-turned-back", -0.063)] {
            let shift = UInt8(truncatingIfNeeded: Int(factor * 255))
            XCTAssertEqual(try image.view { $0.turnHue(by: shift) }, try ImageFileTests.pixels(name), name)
        }
        let grey = try ByteImage.random(height: 5, width: 6, channels: 1)
        XCTAssertEqual(try grey.view { $0.turnHue(by: 77) }, grey)
    }

    func testBlursAreOneStepFromTorchvisionsAtMost() throws {
        let image = try ImageFileTests.pixels("resized")
        for (name, sigma, radius) in [("blurred-little", 0.4, 1), ("blurred", 1.7, 3)] {
            let expected = try ImageFileTests.pixels(name)
            let blurred = try image.view { $0.blur(sigma: sigma, radius: radius) }
            let differences = zip(blurred.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
            XCTAssertLessThanOrEqual(differences.max() ?? 0, 1, name)
            XCTAssertLessThan(differences.reduce(0, +), differences.count / 5, name)
        }
        // Less than the image has, and less than half of it has.
        let small = try ByteImage.random(height: 2, width: 3, channels: 3)
        XCTAssertNotEqual(try small.view { $0.blur(sigma: 2, radius: 9) }, small)
        let point = try ByteImage.random(height: 1, width: 3, channels: 3)
        XCTAssertEqual(try point.view { $0.blur(sigma: 2, radius: 9) }, point)
    }

    /// Hues move in views of colour images, blur is for views of more than 32 rows, and neither is drawn from other numbers.
    func testEachViewDrawsTheSameNumberOfNumbers() throws {
        var counts: [ImageInstruction: Int] = [:]
        for sample in 0..<200 {
            let stream = RandomStream(seed: 3, purpose: .testing, sample: UInt32(sample))
            var next: Set<UInt32> = []
            for (side, channels) in [(33, 3), (32, 3), (32, 1), (33, 1)] {
                var generator = PhiloxGenerator(stream)
                var programs = try ImagePrograms(height: side, width: side, channels: channels)
                programs.begin(source: 0)
                ContrastiveAugmentation().append(to: &programs, drawingFrom: &generator)
                next.insert(generator.nextWord())
                let instructions = programs.instructions
                if instructions.contains(.hue) { counts[.hue, default: 0] += 1 }
                if instructions.contains(.blur) { counts[.blur, default: 0] += 1 }
                if channels == 1 { XCTAssertFalse(instructions.contains(.hue)) }
                if side == 32 { XCTAssertFalse(instructions.contains(.blur)) }
            }
            XCTAssertEqual(next.count, 1)
        }
        XCTAssertEqual(Double(counts[.hue] ?? 0), 2 * 0.8 * 200, accuracy: 40)
        XCTAssertEqual(Double(counts[.blur] ?? 0), 2 * 0.5 * 200, accuracy: 50)
    }
}

extension ImagePrograms {
    /// The instructions of a single program without gathers.
    fileprivate var instructions: [ImageInstruction] {
        var found: [ImageInstruction] = []
        var place = 1
        while let instruction = ImageInstruction(rawValue: words[place]), instruction != .end {
            found.append(instruction)
            let length: Int =
                switch instruction {
                case .gather: 3 + Int(words[place + 1] + words[place + 2])
                case .interpolate: 1 + 3 * (viewSize.height + viewSize.width)
                case .affine: 7
                case .table: 65
                case .color, .contrast, .sharpness, .hue: 2
                case .fill: 6
                case .blur: 3 + Int(words[place + 1])
                case .end, .autoContrast, .equalize: 1
                }
            place += length
        }
        return found
    }
}
