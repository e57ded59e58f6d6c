/// How often each byte value occurs in each channel: mean and standard deviation follow from whole numbers, whatever the
/// order of counting.
struct PixelHistogram: Sendable {
    /// By channel, then value.
    private var counts: [[Int]]

    init(channels: Int) {
        counts = Array(repeating: Array(repeating: 0, count: 256), count: channels)
    }

    /// Counts pixels, `[…, C]`.
    mutating func add(_ pixels: [UInt8]) {
        for channel in counts.indices {
            for index in stride(from: channel, to: pixels.count, by: counts.count) {
                counts[channel][Int(pixels[index])] += 1
            }
        }
    }

    /// The mean and standard deviation of all pixels, as parts of 255 with six digits, which is what a file keeps. A channel
    /// without variation is taken to vary by one step.
    var normalization: ImageNormalization {
        var means: [Float] = []
        var deviations: [Float] = []
        for counts in counts {
            let total = max(1, Double(counts.reduce(0, +)))
            let mean = counts.enumerated().reduce(0) { $0 + Double($1.offset) * Double($1.element) } / total
            let variance = counts.enumerated().reduce(0.0) { sum, entry in
                let distance = Double(entry.offset) - mean
                return sum + distance * distance * Double(entry.element) / total
            }
            means.append(Self.sixDigits(mean / 255))
            deviations.append(Self.sixDigits(max(1, variance.squareRoot()) / 255))
        }
        return ImageNormalization(mean: means, standardDeviation: deviations)
    }

    private static func sixDigits(_ value: Double) -> Float { Float((value * 1e6).rounded() / 1e6) }
}
