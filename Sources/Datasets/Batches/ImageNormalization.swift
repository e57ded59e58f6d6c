/// Bytes become numbers of about zero mean and unit variance: `(v/255 − mean) / standardDeviation` per channel.
public struct ImageNormalization: Hashable, Sendable {
    /// The mean of each channel, of values in 0...1.
    public let mean: [Float]
    /// The standard deviation of each channel, of values in 0...1.
    public let standardDeviation: [Float]

    /// For each channel the result for each of the 256 bytes.
    private let tables: [[Float]]

    /// - Precondition: as many means as standard deviations.
    public init(mean: [Float], standardDeviation: [Float]) {
        self.mean = mean
        self.standardDeviation = standardDeviation
        tables = zip(mean, standardDeviation).map { mean, deviation in
            (0...255).map { (Float($0) / 255 - mean) / deviation }
        }
    }

    /// The number of channels it is for.
    public var channels: Int { tables.count }

    /// Writes normalised pixels, `[…, C]`, into `destination`, which must have as many elements.
    func normalize(_ pixels: ArraySlice<UInt8>, into destination: UnsafeMutableBufferPointer<Float>) {
        pixels.withUnsafeBufferPointer { pixels in
            for (channel, table) in tables.enumerated() {
                table.withUnsafeBufferPointer { table in
                    for index in stride(from: channel, to: pixels.count, by: channels) {
                        destination[index] = table[Int(pixels[index])]
                    }
                }
            }
        }
    }
}
