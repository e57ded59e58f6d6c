import Tensors

/// How long one operation took.
public struct OperationTiming: Hashable, Sendable {
    /// The row's name.
    public let row: String
    /// The fastest call.
    public let bestSeconds: Double
    /// The call in the middle.
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
    /// Times one row: a call to warm up, then `repetitions` calls, each waited for.
    ///
    /// - Throws: whatever the backend throws, `TensorError.unsupported` among it.
    public static func measure(
        _ row: OperationRow, on backend: any Backend, repetitions: Int = 10
    ) throws -> OperationTiming {
        let hosts = try row.arguments.filled(for: row.name)
        let placed = try PlacedArguments(row.arguments, filledWith: hosts, on: backend, placement: .plain)
        let clock = ContinuousClock()
        var seconds: [Double] = []
        for repetition in 0...max(1, repetitions) {
            let duration = try clock.measure {
                _ = try row.perform(backend, placed)
                try backend.synchronize()
            }
            if repetition > 0 {
                seconds.append(Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18)
            }
        }
        seconds.sort()
        return OperationTiming(
            row: row.name, bestSeconds: seconds[0], medianSeconds: seconds[seconds.count / 2], work: row.work)
    }
}
