/// Operations that change each value by a table of 256 entries: Pillow's `ImageOps`.
extension ByteImage {
    /// The smallest value of each channel becomes 0, the largest 255: `v ↦ trunc(v·s − smallest·s)` with
    /// `s = 255 / (largest − smallest)`. A channel of one value stays as it is.
    func contrastStretched() -> ByteImage {
        mappingEachChannel { histogram in
            guard let smallest = histogram.firstIndex(where: { $0 > 0 }),
                let largest = histogram.lastIndex(where: { $0 > 0 }), largest > smallest
            else { return nil }
            let scale = 255 / Double(largest - smallest)
            let offset = -Double(smallest) * scale
            return (0...255).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
        }
    }

    /// Histogram equalisation in whole numbers: the table climbs by the pixels counted so far over `step`, the number
    /// of pixels below the largest value over 255. Nothing happens where there is only one value, or too few pixels.
    func equalized() -> ByteImage {
        mappingEachChannel { histogram in
            guard let largest = histogram.lastIndex(where: { $0 > 0 }) else { return nil }
            let step = (histogram.reduce(0, +) - histogram[largest]) / 255
            guard step > 0 else { return nil }
            var sum = step / 2
            return histogram.map { count in
                defer { sum += count }
                return UInt8(min(sum / step, 255))
            }
        }
    }

    /// Inverts the values that are at least `threshold`.
    func solarized(from threshold: Int) -> ByteImage {
        mapping { Int($0) >= threshold ? 255 - $0 : $0 }
    }

    /// Adds to every value, up to 255.
    func brightened(adding addition: Int) -> ByteImage {
        mapping { UInt8(min(max(Int($0) + addition, 0), 255)) }
    }

    /// Keeps the `bits` highest bits, 0...8, and clears the others.
    func posterized(to bits: Int) -> ByteImage {
        let kept: UInt8 = .max << (8 - min(max(bits, 0), 8))
        return mapping { $0 & kept }
    }

    /// Replaces each value by what `transform` makes of it.
    func mapping(_ transform: (UInt8) -> UInt8) -> ByteImage {
        let table = (0...255).map { transform(UInt8($0)) }
        var result = self
        result.apply(table, toChannel: 0, step: 1)
        return result
    }

    /// Replaces the values of each channel by the table that `table` makes of the channel's histogram; nil leaves the
    /// channel as it is.
    private func mappingEachChannel(_ table: (_ histogram: [Int]) -> [UInt8]?) -> ByteImage {
        var result = self
        for channel in 0..<channels {
            guard let table = table(histogram(ofChannel: channel)) else { continue }
            result.apply(table, toChannel: channel, step: channels)
        }
        return result
    }

    /// How many pixels have each of the 256 values.
    private func histogram(ofChannel channel: Int) -> [Int] {
        var histogram = Array(repeating: 0, count: 256)
        for index in stride(from: channel, to: pixels.count, by: channels) {
            histogram[Int(pixels[index])] += 1
        }
        return histogram
    }

    private mutating func apply(_ table: [UInt8], toChannel channel: Int, step: Int) {
        pixels.withUnsafeMutableBufferPointer { pixels in
            table.withUnsafeBufferPointer { table in
                for index in stride(from: channel, to: pixels.count, by: step) {
                    pixels[index] = table[Int(pixels[index])]
                }
            }
        }
    }
}
