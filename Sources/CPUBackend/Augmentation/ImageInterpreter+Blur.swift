/// Blurs: ``Tensors/ImagePrograms/blur(weights:)``.
extension ImageInterpreter {
    mutating func blur(weights: Words, radius: Int) {
        for isAlongRows in [true, false] {
            let (rowLength, count) = (width * channels, isAlongRows ? width : height)
            let step = isAlongRows ? channels : rowLength
            let (pixels, result) = next()
            for row in 0..<height {
                for i in 0..<rowLength {
                    // The value's place in its line, and the line's first.
                    let place = isAlongRows ? i / channels : row
                    let line = pixels + (row * rowLength + i - place * step)
                    var sum = Int(weights[0]) * Int(line[place * step]) + 1 << 15
                    if radius > 0 {
                        for distance in 1...radius {
                            let before = abs(place - distance)
                            let behind = count - 1 - abs(count - 1 - place - distance)
                            sum += Int(weights[distance]) * (Int(line[before * step]) + Int(line[behind * step]))
                        }
                    }
                    result[row * rowLength + i] = UInt8(truncatingIfNeeded: sum >> 16)
                }
            }
        }
    }
}
