import Foundation

/// Operations that move pixels: each pixel takes the nearest one at the place that a map sends it to, or black if that
/// is outside. Pillow's `Image.transform` and `Image.rotate`.
extension ByteImage {
    /// Rotates counter-clockwise about the centre.
    func rotated(byDegrees degrees: Double) -> ByteImage {
        let remainder = degrees.truncatingRemainder(dividingBy: 360)
        let angle = remainder < 0 ? remainder + 360 : remainder
        // Pillow turns by right angles exactly, where the image keeps its size.
        switch angle {
        case 0: return self
        case 90 where height == width: return taking { row, column in (column, width - 1 - row) }
        case 180: return taking { row, column in (height - 1 - row, width - 1 - column) }
        case 270 where height == width: return taking { row, column in (height - 1 - column, row) }
        default: break
        }
        let radians = -angle * .pi / 180
        let cosine = Self.roundedTo15Decimals(cos(radians))
        let sine = Self.roundedTo15Decimals(sin(radians))
        let (centreX, centreY) = (Double(width) / 2, Double(height) / 2)
        return transformed(
            by: AffineMap(
                xx: cosine, xy: sine, x: -cosine * centreX - sine * centreY + centreX, yx: -sine, yy: cosine,
                y: sine * centreX - cosine * centreY + centreY))
    }

    /// Sends (x, y) to (x + columnsPerRow·y, y + rowsPerColumn·x).
    func sheared(columnsPerRow: Double, rowsPerColumn: Double) -> ByteImage {
        transformed(by: AffineMap(xx: 1, xy: columnsPerRow, x: 0, yx: rowsPerColumn, yy: 1, y: 0))
    }

    /// Sends (x, y) to (x + columns, y + rows). Fractions of a pixel are rounded down at pixel centres.
    func translated(columns: Double, rows: Double) -> ByteImage {
        let (sourceColumns, sourceRows) = (
            (0..<width).map { floor(Double($0) + 0.5 + columns) }, (0..<height).map { floor(Double($0) + 0.5 + rows) }
        )
        return taking { row, column in
            guard let sourceRow = Int(exactly: sourceRows[row]), let sourceColumn = Int(exactly: sourceColumns[column])
            else { return (-1, -1) }
            return (sourceRow, sourceColumn)
        }
    }

    /// Where the pixel (x, y) is taken from: (xx·x + xy·y + x₀, yx·x + yy·y + y₀).
    private struct AffineMap {
        var xx, xy, x, yx, yy, y: Double
    }

    /// Pillow's way for small images: 16.16 fixed point, at pixel centres.
    private func transformed(by map: AffineMap) -> ByteImage {
        let (xx, xy) = (Self.fixed(map.xx), Self.fixed(map.xy))
        let (yx, yy) = (Self.fixed(map.yx), Self.fixed(map.yy))
        let x = Self.fixed(map.x + map.xx / 2 + map.xy / 2)
        let y = Self.fixed(map.y + map.yx / 2 + map.yy / 2)
        return taking { row, column in
            ((y + row * yy + column * yx) >> 16, (x + row * xy + column * xx) >> 16)
        }
    }

    /// The image whose pixel at (row, column) is this one's at `source(row, column)`, or black outside.
    private func taking(_ source: (_ row: Int, _ column: Int) -> (row: Int, column: Int)) -> ByteImage {
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { result in
            pixels.withUnsafeBufferPointer { pixels in
                var index = 0
                for row in 0..<height {
                    for column in 0..<width {
                        let from = source(row, column)
                        let inside = from.row >= 0 && from.row < height && from.column >= 0 && from.column < width
                        let start = (from.row * width + from.column) * channels
                        for channel in 0..<channels {
                            result[index] = inside ? pixels[start + channel] : 0
                            index += 1
                        }
                    }
                }
            }
        }
        return result
    }

    /// The nearest number of 65536ths.
    private static func fixed(_ value: Double) -> Int {
        Int(floor(value * 65536 + 0.5))
    }

    private static func roundedTo15Decimals(_ value: Double) -> Double {
        (value * 1e15).rounded(.toNearestOrEven) / 1e15
    }
}
