import Foundation
import Tensors

/// A view for self-supervised learning: a crop of random size and shape, mirrored in half of the cases, its tones changed,
/// sometimes in grey.
///
/// Source: Chen, Kornblith, Norouzi, Hinton, "SimCLR", ICML 2020, appendix A, with the strengths of MoCo v2 and SimSiam for
/// small images (0.4). Deviations: the hue stays, and the tones change in one order. No blur, as in these papers for CIFAR.
public struct ContrastiveAugmentation: Hashable, Sendable {
    /// The smallest part of the image's area that a crop has; the largest is all of it.
    public var smallestCrop: Double
    /// How far brightness, contrast and colour move from 1, either way.
    private static let toneRange: Float = 0.4
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
        if changesTones {
            for operation: ImageOperation in [.brightness(tones[0]), .contrast(tones[1]), .color(tones[2])] {
                operation.append(to: &programs)
            }
        }
        let isGrey = generator.uniform() < 0.2
        if isGrey { programs.blendWithGrey(0) }
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
