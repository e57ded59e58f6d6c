import Tensors

/// Hues: ``ImagePrograms/turnHue(by:)``, in whole numbers.
extension ImageInterpreter {
    mutating func turnHue(by shift: Int) {
        guard channels == 3 else { return }
        let pixels = changeable()
        for pixel in stride(from: 0, to: length, by: 3) {
            let (red, green, blue) = (Int(pixels[pixel]), Int(pixels[pixel + 1]), Int(pixels[pixel + 2]))
            let value = max(red, green, blue)
            let range = value - min(red, green, blue)
            guard range > 0 else { continue }
            let hue = (Self.hue(red, green, blue, value: value, range: range) + shift) & 255
            let saturation = 255 * range / value
            // The sixth of the circle, and how far into it, in 255ths.
            let sixth = 6 * hue / 255
            let part = 6 * hue - 255 * sixth
            func darker(by distance: Int) -> Int {
                (2 * value * (255 * 255 - saturation * distance) + 255 * 255) / (2 * 255 * 255)
            }
            let (lowest, falling, rising) = (darker(by: 255), darker(by: part), darker(by: 255 - part))
            let turned: (Int, Int, Int) =
                switch sixth % 6 {
                case 0: (value, rising, lowest)
                case 1: (falling, value, lowest)
                case 2: (lowest, value, rising)
                case 3: (lowest, falling, value)
                case 4: (rising, lowest, value)
                default: (value, lowest, falling)
                }
            pixels[pixel] = UInt8(truncatingIfNeeded: turned.0)
            pixels[pixel + 1] = UInt8(truncatingIfNeeded: turned.1)
            pixels[pixel + 2] = UInt8(truncatingIfNeeded: turned.2)
        }
    }

    /// The hue of a colour, in 255ths of a circle.
    private static func hue(_ red: Int, _ green: Int, _ blue: Int, value: Int, range: Int) -> Int {
        var place: Int
        if red == value {
            place = green - blue
        } else if green == value {
            place = 2 * range + blue - red
        } else {
            place = 4 * range + red - green
        }
        if place < 0 { place += 6 * range }
        let (hue, rest) = (85 * place).quotientAndRemainder(dividingBy: 2 * range)
        let isRoundedDown = rest == 0 && ImagePrograms.huesRoundedDown[hue >> 5] >> UInt32(hue & 31) & 1 == 1
        return isRoundedDown ? hue - 1 : hue
    }
}
