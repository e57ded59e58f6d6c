import Tensors

/// Instructions that move an image away from, or towards, a degenerate one: Pillow's `ImageEnhance`.
extension ImageInterpreter {
    mutating func blendWithGrey(_ strength: Float) {
        guard channels == 3 else { return }
        let pixels = changeable()
        for pixel in stride(from: 0, to: length, by: 3) {
            let grey = Self.grey(Pixels(pixels + pixel))
            for i in pixel..<pixel + 3 { pixels[i] = Self.blend(grey, pixels[i], strength) }
        }
    }

    mutating func blendWithMean(_ strength: Float) {
        var sum = 0
        for pixel in stride(from: 0, to: length, by: channels) {
            sum += channels == 3 ? Int(Self.grey(current + pixel)) : Int(current[pixel])
        }
        let mean = UInt8(Double(sum) / Double(height * width) + 0.5)
        apply((0...255).map { Self.blend(mean, $0, strength) })
    }

    mutating func blendWithSmoothed(_ strength: Float) {
        guard height > 2, width > 2 else { return }
        let rowLength = width * channels
        let (pixels, result) = next()
        result.update(from: pixels, count: length)
        for row in 1..<height - 1 {
            for i in row * rowLength + channels..<(row + 1) * rowLength - channels {
                func sumOfThree(about i: Int) -> Int {
                    Int(pixels[i - channels]) + Int(pixels[i]) + Int(pixels[i + channels])
                }
                let nine =
                    sumOfThree(about: i - rowLength) + sumOfThree(about: i) + sumOfThree(about: i + rowLength)
                // Its own weight is 5; the sum of the nine counts it once.
                let sum = nine + 4 * Int(pixels[i])
                result[i] = Self.blend(UInt8((2 * sum + 13) / 26), pixels[i], strength)
            }
        }
    }

    /// A pixel of three channels in grey.
    private static func grey(_ pixel: Pixels) -> UInt8 {
        ImagePrograms.grey(pixel[0], pixel[1], pixel[2])
    }

    private static func blend(_ degenerate: UInt8, _ value: UInt8, _ strength: Float) -> UInt8 {
        let blended = Float(degenerate) + strength * Float(Int(value) - Int(degenerate))
        return UInt8(min(max(blended, 0), 255))
    }
}
