/// How far a classifier's confidence lies from its accuracy.
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017.
public struct Calibration: Hashable, Sendable {
    /// The mean gap over the bins, each weighted by the part of the images in it.
    public let expectedError: Double
    /// The largest gap of any bin.
    public let maximumError: Double

    /// Sorts images by their top confidence into 15 equal bins `[lower, upper)`, the last one closed, and compares each
    /// bin's mean confidence with its accuracy.
    ///
    /// - Parameters:
    ///   - confidences: the largest probability given to each image, from 0 to 1.
    ///   - correct: whether that class was the true one.
    public init(confidences: [Double], correct: [Bool]) {
        let bins = 15
        var counts = [Int](repeating: 0, count: bins)
        var confidence = [Double](repeating: 0, count: bins)
        var right = [Int](repeating: 0, count: bins)
        for (value, isRight) in zip(confidences, correct) where value.isFinite {
            let bin = min(bins - 1, max(0, Int(min(1, max(0, value)) * Double(bins))))
            counts[bin] += 1
            confidence[bin] += value
            right[bin] += isRight ? 1 : 0
        }
        let total = Double(max(1, counts.reduce(0, +)))
        var expected = 0.0
        var maximum = 0.0
        for bin in 0..<bins where counts[bin] > 0 {
            let count = Double(counts[bin])
            let gap = abs(Double(right[bin]) / count - confidence[bin] / count)
            expected += count / total * gap
            maximum = max(maximum, gap)
        }
        expectedError = expected
        maximumError = maximum
    }
}
