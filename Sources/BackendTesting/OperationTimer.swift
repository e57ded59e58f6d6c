import Tensors

/// How long one operation took.
public struct OperationTiming: Hashable, Sendable {
    /// The row's name.
    public let row: String
    /// What a call took in the fastest sample.
    public let bestSeconds: Double
    /// What a call took in the sample in the middle.
    public let medianSeconds: Double
    /// What a call costs; nil where the row does not say.
    public let work: Work?

    /// 10⁹ floating-point operations per second, at the median.
    public var gigaflops: Double? { work.map { Double($0.floatingPointOperations) / medianSeconds / 1e9 } }

    /// 10⁹ bytes per second, at the median.
    public var gigabytesPerSecond: Double? { work.map { Double($0.bytes) / medianSeconds / 1e9 } }
}

/// Times the rows of a suite. For `equipoise bench ops`.
public enum OperationTimer {
    /// A sample lasts about as long, so that waiting for the device is little of it, as in a training step.
    private static let sampleSeconds = 0.005

    /// Times one row: two calls to warm up and to see how long one takes, then `samples` samples of as many calls as fill
    /// a few milliseconds, one after another, and a wait at the end.
    ///
    /// - Throws: whatever the backend throws, `TensorError.unsupported` among it.
    public static func measure(
        _ row: OperationRow, on backend: any Backend, samples: Int = 10
    ) throws -> OperationTiming {
        let hosts = try row.arguments.filled(for: row.name)
        let placed = try PlacedArguments(row.arguments, filledWith: hosts, on: backend, placement: .plain)
        func secondsOfCall(among calls: Int) throws -> Double {
            let duration = try ContinuousClock().measure {
                for _ in 0..<calls { _ = try row.perform(backend, placed) }
                try backend.synchronize()
            }
            let (seconds, attoseconds) = duration.components
            return (Double(seconds) + Double(attoseconds) * 1e-18) / Double(calls)
        }
        _ = try secondsOfCall(among: 1)
        let calls = max(1, Int(sampleSeconds / max(try secondsOfCall(among: 1), 1e-6)))
        let seconds = try (0..<max(1, samples)).map { _ in try secondsOfCall(among: calls) }.sorted()
        return OperationTiming(
            row: row.name, bestSeconds: seconds[0], medianSeconds: seconds[seconds.count / 2], work: row.work)
    }
}
