import Tensors

/// Instructions that move pixels, and the filling of a rectangle.
extension ImageInterpreter {
    mutating func gather(rows: Words, columns: Words, into size: ImagePrograms.Size) {
        take(into: size) { row, column in (Int(rows[row]), Int(columns[column])) }
    }

    mutating func transform(_ map: Words) {
        let (x, xPerRow, xPerColumn) = (Int(map[0]), Int(map[1]), Int(map[2]))
        let (y, yPerRow, yPerColumn) = (Int(map[3]), Int(map[4]), Int(map[5]))
        take(into: size) { row, column in
            ((y + yPerRow * row + yPerColumn * column) >> 16, (x + xPerRow * row + xPerColumn * column) >> 16)
        }
    }

    /// Each pixel (row, column) of an image of this size becomes the one at `source(row, column)`, or black outside.
    mutating func take(
        into size: ImagePrograms.Size, _ source: (_ row: Int, _ column: Int) -> (row: Int, column: Int)
    ) {
        let old = self.size
        var (pixels, result) = next(size)
        for row in 0..<size.height {
            for column in 0..<size.width {
                let from = source(row, column)
                let isInside = from.row >= 0 && from.row < old.height && from.column >= 0 && from.column < old.width
                let pixel = pixels + (isInside ? (from.row * old.width + from.column) * channels : 0)
                for channel in 0..<channels { result[channel] = isInside ? pixel[channel] : 0 }
                result += channels
            }
        }
    }

    mutating func interpolate(rows: Words, columns: Words, into size: ImagePrograms.Size) {
        let rowLength = width * channels
        var (pixels, result) = next(size)
        for row in 0..<size.height {
            let upperRow = pixels + Int(rows[3 * row]) * rowLength
            let lowerRow = pixels + Int(rows[3 * row + 1]) * rowLength
            let down = Self.number(rows[3 * row + 2])
            for column in 0..<size.width {
                let first = Int(columns[3 * column]) * channels
                let second = Int(columns[3 * column + 1]) * channels
                let across = Self.number(columns[3 * column + 2])
                func between(_ row: Pixels, _ channel: Int) -> Float {
                    Float(row[first + channel]) * (1 - across) + Float(row[second + channel]) * across
                }
                for channel in 0..<channels {
                    let value = between(upperRow, channel) * (1 - down) + between(lowerRow, channel) * down
                    result[channel] = UInt8(min(max(value + 0.5, 0), 255))
                }
                result += channels
            }
        }
    }

    mutating func fill(_ operands: Words) {
        let color = UInt32(bitPattern: operands[4])
        let pixels = changeable()
        for row in Int(operands[0])..<Int(operands[1]) {
            for column in Int(operands[2])..<Int(operands[3]) {
                for channel in 0..<channels {
                    pixels[(row * width + column) * channels + channel] =
                        UInt8(truncatingIfNeeded: color >> UInt32(8 * channel))
                }
            }
        }
    }
}
