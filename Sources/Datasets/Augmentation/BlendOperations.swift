/// Operations that move an image away from, or towards, a degenerate image `d`: `v ↦ trunc(d + strength·(v − d))`, clipped
/// to 0...255, in single precision. Pillow's `ImageEnhance`.
extension ByteImage {
    /// d is black.
    func brightened(by strength: Float) -> ByteImage {
        mapping { Self.blend(0, $0, strength) }
    }

    /// d is the image in grey, so a grey image stays as it is.
    func colored(by strength: Float) -> ByteImage {
        guard channels == 3 else { return self }
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { pixels in
            for pixel in stride(from: 0, to: pixels.count, by: 3) {
                let grey = Self.grey(pixels[pixel], pixels[pixel + 1], pixels[pixel + 2])
                for channel in pixel..<pixel + 3 {
                    pixels[channel] = Self.blend(grey, pixels[channel], strength)
                }
            }
        }
        return result
    }

    /// d is the mean of the image in grey, rounded.
    func contrasted(by strength: Float) -> ByteImage {
        let mean = UInt8(Double(sumOfGrey) / Double(height * width) + 0.5)
        return mapping { Self.blend(mean, $0, strength) }
    }

    /// d is the image smoothed with `[1 1 1; 1 5 1; 1 1 1] / 13`, rounded; the outermost pixels stay as they are.
    func sharpened(by strength: Float) -> ByteImage {
        guard height > 2, width > 2 else { return self }
        var result = self
        let rowLength = width * channels
        result.pixels.withUnsafeMutableBufferPointer { result in
            pixels.withUnsafeBufferPointer { pixels in
                for row in 1..<height - 1 {
                    for index in row * rowLength + channels..<(row + 1) * rowLength - channels {
                        // Its own weight is 5; the sum of the nine counts it once.
                        var sum = 4 * Int(pixels[index])
                        for row in -1...1 {
                            for column in -1...1 {
                                sum += Int(pixels[index + row * rowLength + column * channels])
                            }
                        }
                        let smoothed = UInt8((2 * sum + 13) / 26)
                        result[index] = Self.blend(smoothed, pixels[index], strength)
                    }
                }
            }
        }
        return result
    }

    private var sumOfGrey: Int {
        guard channels == 3 else { return pixels.reduce(0) { $0 + Int($1) } }
        return stride(from: 0, to: pixels.count, by: 3).reduce(0) { sum, pixel in
            let grey = Self.grey(pixels[pixel], pixels[pixel + 1], pixels[pixel + 2])
            return sum + Int(grey)
        }
    }

    /// The luma of ITU-R BT.601 in 16-bit fixed point.
    static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let weighted: UInt32 = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
        return UInt8((weighted + 32768) >> 16)
    }

    private static func blend(_ degenerate: UInt8, _ value: UInt8, _ strength: Float) -> UInt8 {
        let blended = Float(degenerate) + strength * Float(Int(value) - Int(degenerate))
        return UInt8(min(max(blended, 0), 255))
    }
}
