import Foundation
import Tensors

/// Operations that move pixels: each pixel takes the nearest one at the place that a map sends it to, or black if that
/// is outside. Pillow's `Image.transform` and `Image.rotate`.
extension ImagePrograms {
    /// Rotates counter-clockwise about the centre.
    mutating func rotate(byDegrees degrees: Double) {
        let remainder = degrees.truncatingRemainder(dividingBy: 360)
        let angle = remainder < 0 ? remainder + 360 : remainder
        // Pillow turns by right angles exactly, where the image keeps its size.
        let one = 1 << 16
        switch angle {
        case 0: return
        case 90 where height == width:
            return transform(
                by: AffineMap(
                    x: one * (width - 1), xPerRow: -one, xPerColumn: 0, y: 0, yPerRow: 0, yPerColumn: one))
        case 180: return gather(rows: (0..<height).reversed(), columns: (0..<width).reversed())
        case 270 where height == width:
            return transform(
                by: AffineMap(
                    x: 0, xPerRow: one, xPerColumn: 0, y: one * (height - 1), yPerRow: 0, yPerColumn: -one))
        default: break
        }
        let radians = -angle * .pi / 180
        let cosine = Self.roundedTo15Decimals(cos(radians))
        let sine = Self.roundedTo15Decimals(sin(radians))
        let (centreX, centreY) = (Double(width) / 2, Double(height) / 2)
        transform(
            xx: cosine, xy: sine, x: -cosine * centreX - sine * centreY + centreX, yx: -sine, yy: cosine,
            y: sine * centreX - cosine * centreY + centreY)
    }

    /// Sends (x, y) to (x + columnsPerRow·y, y + rowsPerColumn·x).
    mutating func shear(columnsPerRow: Double, rowsPerColumn: Double) {
        transform(xx: 1, xy: columnsPerRow, x: 0, yx: rowsPerColumn, yy: 1, y: 0)
    }

    /// Sends (x, y) to (x + columns, y + rows). Fractions of a pixel are rounded down at pixel centres.
    mutating func translate(columns: Double, rows: Double) {
        func sources(_ size: Int, _ shift: Double) -> [Int] {
            (0..<size).map { Int(exactly: floor(Double($0) + 0.5 + shift)) ?? -1 }
        }
        gather(rows: sources(height, rows), columns: sources(width, columns))
    }

    /// Takes (x, y) from (xx·x + xy·y + x₀, yx·x + yy·y + y₀) in Pillow's way for small images: 16.16 fixed point, at pixel
    /// centres.
    private mutating func transform(xx: Double, xy: Double, x: Double, yx: Double, yy: Double, y: Double) {
        transform(
            by: AffineMap(
                x: Self.fixed(x + xx / 2 + xy / 2), xPerRow: Self.fixed(xy), xPerColumn: Self.fixed(xx),
                y: Self.fixed(y + yx / 2 + yy / 2), yPerRow: Self.fixed(yy), yPerColumn: Self.fixed(yx)))
    }

    /// The nearest number of 65536ths.
    private static func fixed(_ value: Double) -> Int {
        Int(floor(value * 65536 + 0.5))
    }

    private static func roundedTo15Decimals(_ value: Double) -> Double {
        (value * 1e15).rounded(.toNearestOrEven) / 1e15
    }
}
