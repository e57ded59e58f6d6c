import Foundation

/// An image of another size, as Pillow's `resize(…, BILINEAR)` makes it, byte for byte: a triangle as wide as the
/// reduction, so that all pixels of a large image count; columns first, then rows, both in fixed point.
extension ByteImage {
    /// Stretches the whole picture to so many rows and columns; the aspect is not kept.
    ///
    /// - Precondition: both are positive.
    func resized(height rows: Int, width columns: Int) -> ByteImage {
        guard (rows, columns) != (height, width) else { return self }
        let narrow = Self.resampled(
            pixels, Resampling(from: width, to: columns), lines: height, lineStride: width * channels,
            step: channels, channels: channels, output: (columns * channels, channels))
        let result = Self.resampled(
            narrow, Resampling(from: height, to: rows), lines: columns, lineStride: channels,
            step: columns * channels, channels: channels, output: (channels, columns * channels))
        return ByteImage(sameSizeAs: (rows, columns, channels), pixels: result)
    }

    /// Resamples `lines` lines whose pixels are `step` bytes apart.
    private static func resampled(
        _ source: [UInt8], _ resampling: Resampling, lines: Int, lineStride: Int, step: Int, channels: Int,
        output: (lineStride: Int, step: Int)
    ) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: lines * resampling.windows.count * channels)
        source.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { result in
                for line in 0..<lines {
                    for (place, window) in resampling.windows.enumerated() {
                        for channel in 0..<channels {
                            var sum = 1 << (Resampling.precision - 1)
                            var position = line * lineStride + window.first * step + channel
                            for weight in window.weights {
                                sum += Int(source[position]) * weight
                                position += step
                            }
                            result[line * output.lineStride + place * output.step + channel] =
                                UInt8(clamping: sum >> Resampling.precision)
                        }
                    }
                }
            }
        }
        return result
    }
}

/// For each pixel of a new line, the pixels of the old one that it is made of.
private struct Resampling {
    /// Bits behind the point.
    static let precision = 22

    struct Window {
        let first: Int
        /// They sum to about 1 << `precision`.
        let weights: [Int]
    }

    let windows: [Window]

    init(from length: Int, to count: Int) {
        let scale = Double(length) / Double(count)
        let reach = max(scale, 1)
        windows = (0..<count).map { index in
            let centre = (Double(index) + 0.5) * scale
            let first = max(0, Int(centre - reach + 0.5))
            let end = min(length, Int(centre + reach + 0.5))
            let weights = (first..<end).map { max(0, 1 - abs((Double($0) - centre + 0.5) / reach)) }
            let total = weights.reduce(0, +)
            return Window(
                first: first, weights: weights.map { Int(0.5 + $0 / total * Double(1 << Self.precision)) })
        }
    }
}
