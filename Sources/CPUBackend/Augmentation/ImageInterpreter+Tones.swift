/// Instructions that change each value by a table of 256 entries: Pillow's `ImageOps`.
extension ImageInterpreter {
    mutating func autoContrast() {
        mapEachChannel { histogram in
            guard let smallest = histogram.firstIndex(where: { $0 > 0 }),
                let largest = histogram.lastIndex(where: { $0 > 0 }), largest > smallest
            else { return nil }
            let scale = 255 / Double(largest - smallest)
            let offset = -Double(smallest) * scale
            return (0...255).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
        }
    }

    mutating func equalize() {
        mapEachChannel { histogram in
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

    /// Replaces every value by its entry in the table.
    mutating func apply(_ table: UnsafePointer<UInt8>) {
        let pixels = changeable()
        for i in 0..<length { pixels[i] = table[Int(pixels[i])] }
    }

    /// Replaces the values of each channel by the table that `table` makes of how many pixels have each of the 256 values;
    /// nil leaves the channel as it is.
    private mutating func mapEachChannel(_ table: (_ histogram: [Int]) -> [UInt8]?) {
        let pixels = changeable()
        for channel in 0..<channels {
            var histogram = [Int](repeating: 0, count: 256)
            for i in stride(from: channel, to: length, by: channels) { histogram[Int(pixels[i])] += 1 }
            guard let table = table(histogram) else { continue }
            for i in stride(from: channel, to: length, by: channels) { pixels[i] = table[Int(pixels[i])] }
        }
    }
}
