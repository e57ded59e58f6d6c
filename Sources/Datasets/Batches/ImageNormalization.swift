/// Bytes become numbers of about zero mean and unit variance: `(v/255 − mean) / standardDeviation` per channel.
public struct ImageNormalization: Hashable, Sendable {
    /// The mean of each channel, of values in 0...1.
    public let mean: [Float]
    /// The standard deviation of each channel, of values in 0...1.
    public let standardDeviation: [Float]

    /// `[C, 256]`: for each channel the result for each byte.
    public let values: [Float]

    /// - Precondition: as many means as standard deviations.
    public init(mean: [Float], standardDeviation: [Float]) {
        self.mean = mean
        self.standardDeviation = standardDeviation
        values = zip(mean, standardDeviation).flatMap { mean, deviation in
            (0...255).map { (Float($0) / 255 - mean) / deviation }
        }
    }

    /// The number of channels it is for.
    public var channels: Int { values.count / 256 }
}
