import Foundation

/// An image of another size, as Pillow's `resize(…, BILINEAR)` makes it, byte for byte: a triangle as wide as the
/// reduction, so that all pixels of a large image count; columns first, then rows, both in fixed point.
extension ByteImage {
    /// Stretches the whole picture to so many rows and columns; the aspect is not kept.
    ///
    /// - Precondition: both are positive.
    func resized(height rows: Int, width columns: Int) -> ByteImage {
        resized(height: rows, width: columns, keeping: (0..<rows, 0..<columns))
    }

    /// A part of ``resized(height:width:)``: the rest is not made, however much that would be.
    ///
    /// - Precondition: both sizes are positive, and the rows and columns that are kept are among theirs.
    func resized(
        height rows: Int, width columns: Int, keeping kept: (rows: Range<Int>, columns: Range<Int>)
    ) -> ByteImage {
        if (rows, columns) == (height, width), kept == (0..<rows, 0..<columns) { return self }
        let narrow = Self.columnsResampled(
            pixels, Resampling(from: width, to: columns, keeping: kept.columns), rows: height, width: width,
            channels: channels)
        let result = Self.rowsResampled(
            narrow, Resampling(from: height, to: rows, keeping: kept.rows), rowLength: kept.columns.count * channels)
        return ByteImage(sameSizeAs: (kept.rows.count, kept.columns.count, channels), pixels: result)
    }

    /// Makes each row of pixels as long as there are windows.
    private static func columnsResampled(
        _ source: [UInt8], _ resampling: Resampling, rows: Int, width: Int, channels: Int
    ) -> [UInt8] {
        let count = rows * resampling.windows.count * channels
        return [UInt8](unsafeUninitializedCapacity: count) { result, filled in
            source.withUnsafeBufferPointer { source in
                resampling.weights.withUnsafeBufferPointer { weights in
                    for row in 0..<rows {
                        for window in resampling.windows {
                            for channel in 0..<channels {
                                var sum = Resampling.half
                                var position = (row * width + window.first) * channels + channel
                                for place in window.weights {
                                    sum &+= Int32(source[position]) &* weights[place]
                                    position += channels
                                }
                                result[filled] = UInt8(clamping: sum >> Resampling.precision)
                                filled += 1
                            }
                        }
                    }
                }
            }
        }
    }

    /// Makes as many rows as there are windows, each out of whole rows.
    private static func rowsResampled(_ source: [UInt8], _ resampling: Resampling, rowLength: Int) -> [UInt8] {
        var sums = [Int32](repeating: 0, count: rowLength)
        return [UInt8](unsafeUninitializedCapacity: resampling.windows.count * rowLength) { result, filled in
            source.withUnsafeBufferPointer { source in
                sums.withUnsafeMutableBufferPointer { sums in
                    for window in resampling.windows {
                        sums.update(repeating: Resampling.half)
                        for (row, place) in window.weights.enumerated() {
                            let (start, weight) = ((window.first + row) * rowLength, resampling.weights[place])
                            for column in 0..<rowLength {
                                sums[column] &+= Int32(source[start + column]) &* weight
                            }
                        }
                        for column in 0..<rowLength {
                            result[filled + column] = UInt8(clamping: sums[column] >> Resampling.precision)
                        }
                        filled += rowLength
                    }
                }
            }
        }
    }
}

/// For each kept pixel of a new line, the pixels of the old one that it is made of.
private struct Resampling {
    /// Bits behind the point. Weights sum to about 1, so that sums of bytes fit 32 bits.
    static let precision: Int32 = 22
    /// What makes cutting round.
    static let half: Int32 = 1 << (precision - 1)

    struct Window {
        /// The first pixel of the old line.
        let first: Int
        /// The places of its weight and of the next pixels' ones.
        let weights: Range<Int>
    }

    let windows: [Window]
    let weights: [Int32]

    init(from length: Int, to count: Int, keeping kept: Range<Int>) {
        let scale = Double(length) / Double(count)
        let reach = max(scale, 1)
        var (windows, all): ([Window], [Int32]) = ([], [])
        for index in kept {
            let centre = (Double(index) + 0.5) * scale
            let first = max(0, Int(centre - reach + 0.5))
            let end = min(length, Int(centre + reach + 0.5))
            let weights = (first..<end).map { max(0, 1 - abs((Double($0) - centre + 0.5) / reach)) }
            let total = weights.reduce(0, +)
            windows.append(Window(first: first, weights: all.count..<all.count + weights.count))
            all += weights.map { Int32(0.5 + $0 / total * Double(1 << Self.precision)) }
        }
        self.windows = windows
        self.weights = all
    }
}
