import Tensors

/// What a device can do at most, measured: what the speed of an operation is a part of.
public struct DevicePeaks: Hashable, Sendable, Encodable {
    /// 10⁹ float32 operations a second, a multiply-add counting as two.
    public let gigaflops: Double
    /// 10⁹ bytes a second, read and written together, between memory and a kernel that copies what no cache holds.
    public let gigabytesPerSecond: Double

    /// Measures a device. Takes a few tenths of a second.
    ///
    /// - Throws: what the backend throws, `TensorError.outOfMemory` among it.
    public init(of backend: any Backend) throws {
        gigaflops = try backend.measureArithmeticPeak() * 1e-9
        // 128 MiB to read and as many to write, less on devices that have little.
        let bytes = min(128 << 20, backend.device.memoryBytes / 16)
        let source = try backend.tensor(repeating: 1, Shape([bytes / 4]))
        let rate = try PeakTimer.bestRate { rounds in
            let copies = max(1, rounds / 256)
            for _ in 0..<copies { _ = try backend.affine(source, scale: 0.5, shift: 0.5) }
            try backend.synchronize()
            return 2 * copies * source.byteCount
        }
        gigabytesPerSecond = rate * 1e-9
    }

    private enum CodingKeys: String, CodingKey {
        case gigaflops = "peak_gflops"
        case gigabytesPerSecond = "peak_gb_per_second"
    }
}
