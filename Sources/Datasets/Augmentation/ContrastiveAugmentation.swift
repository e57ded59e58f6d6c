import Foundation
import Tensors

/// A view for self-supervised learning: a crop of random size and shape, mirrored in half of the cases, its tones changed,
/// sometimes in grey, sometimes blurred.
///
/// Source: Chen, Kornblith, Norouzi, Hinton, "SimCLR", ICML 2020, appendix A, with the strengths of MoCo v2 and SimSiam (0.4,
/// and 0.1 for the hue), which are SimCLR's for CIFAR. No blur up to 32 pixels, as in these papers for CIFAR. Deviations: the
/// tones change in one order; BYOL has other strengths for each of the two views.
public struct ContrastiveAugmentation: Hashable, Sendable {
    /// The smallest part of the image's area that a crop has; the largest is all of it.
    public var smallestCrop: Double
    /// How far brightness, contrast and colour move from 1, either way.
    private static let toneRange: Float = 0.4
    /// How far the hue moves, either way, as a part of the circle.
    private static let hueRange = 0.1
    /// Views of more rows than these are blurred, in half of the cases.
    private static let largestSharpView = 32
    /// The blur's standard deviation in pixels.
    private static let blurs = 0.1...2.0
    /// The widest crop, columns over rows; the narrowest is its inverse.
    private static let widestCrop = 4.0 / 3

    /// - Parameter smallestCrop: from 0 to 1.
    public init(smallestCrop: Double = 0.2) {
        self.smallestCrop = smallestCrop
    }

    /// Draws a view and adds it to the newest program. Every view draws the same number of numbers.
    func append(to programs: inout ImagePrograms, drawingFrom generator: inout PhiloxGenerator) {
        let crop = crop(of: (programs.height, programs.width), from: &generator)
        programs.resizedCrop(row: crop.row, column: crop.column, rows: crop.rows, columns: crop.columns)
        if generator.uniform() < 0.5 { programs.mirror() }
        let changesTones = generator.uniform() < 0.8
        let tones = (0..<3).map { _ in 1 + (2 * generator.uniform() - 1) * Self.toneRange }
        let isGrey = generator.uniform() < 0.2
        let hue = (2 * Double(generator.uniform()) - 1) * Self.hueRange
        let isBlurred = generator.uniform() < 0.5
        let sigma =
            Self.blurs.lowerBound
            + (Self.blurs.upperBound - Self.blurs.lowerBound) * Double(generator.uniform())
        if changesTones {
            for operation: ImageOperation in [.brightness(tones[0]), .contrast(tones[1]), .color(tones[2])] {
                operation.append(to: &programs)
            }
            if programs.channels == 3 { programs.turnHue(by: UInt8(truncatingIfNeeded: Int(hue * 255))) }
        }
        if isGrey { programs.blendWithGrey(0) }
        if isBlurred, programs.height > Self.largestSharpView {
            // A kernel of a tenth of the view's rows, made odd.
            programs.blur(sigma: sigma, radius: programs.height / 10 / 2)
        }
    }

    /// A rectangle whose area and shape are drawn, cut to the image where it is too long.
    private func crop(
        of image: (height: Int, width: Int), from generator: inout PhiloxGenerator
    ) -> (row: Int, column: Int, rows: Int, columns: Int) {
        let part = smallestCrop + (1 - smallestCrop) * Double(generator.uniform())
        let shape = pow(Self.widestCrop, 2 * Double(generator.uniform()) - 1)
        let area = part * Double(image.height * image.width)
        let rows = min(max(Int((area / shape).squareRoot().rounded()), 1), image.height)
        let columns = min(max(Int((area * shape).squareRoot().rounded()), 1), image.width)
        let row = Int(Double(generator.uniform()) * Double(image.height - rows + 1))
        let column = Int(Double(generator.uniform()) * Double(image.width - columns + 1))
        return (min(row, image.height - rows), min(column, image.width - columns), rows, columns)
    }
}
