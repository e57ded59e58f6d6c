import CVectorKernels
import Foundation
import Tensors

/// The operations in Swift, on all cores: the reference that other backends are compared with, and the fallback where
/// there is no OpenCL.
///
/// - Operations run before they return.
/// - Work is cut into pieces whose size depends on the problem alone, and partial sums are merged in the order of the
///   pieces: the results have the same bits on one core as on a hundred.
/// - Sums that feed statistics and losses are kept in double precision.
public final class CPUBackend: Backend {
    /// What the backend runs on.
    public let device: DeviceDescription
    /// Where tensors' memory comes from.
    let pool: BufferPool
    /// The inner loops for this processor.
    let kernels: VectorKernels
    private var operations = 0

    /// A backend on this machine's cores.
    public convenience init() {
        self.init(kernels: .widest)
    }

    /// A backend that uses a given instruction set.
    init(kernels: VectorKernels) {
        self.kernels = kernels
        let process = ProcessInfo.processInfo
        let memory = Int(clamping: process.physicalMemory)
        device = DeviceDescription(
            identifier: "cpu", name: Self.processorName() ?? "CPU", driver: kernels.name,
            computeUnits: process.activeProcessorCount, memoryBytes: memory)
        pool = BufferPool(capacity: memory)
    }

    /// Operations performed and memory held since the backend was made.
    public var statistics: BackendStatistics {
        var statistics = BackendStatistics()
        statistics.launches = operations
        statistics.allocations = pool.allocations
        statistics.allocatedBytes = pool.allocatedBytes
        statistics.peakBytes = pool.peakBytes
        return statistics
    }

    /// Nothing is measured: there is one way to compute each operation.
    public var tuningRecord: String? { nil }

    /// Counts an operation, and gives back its name, which its errors carry.
    func begin(_ operation: String) -> String {
        operations += 1
        return operation
    }

    /// The processor's name as Linux reports it; nil elsewhere.
    private static func processorName() -> String? {
        let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }
}
