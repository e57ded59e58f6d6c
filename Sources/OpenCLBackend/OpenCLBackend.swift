import COpenCL
import Tensors

/// Runs the operations on an OpenCL device.
///
/// Each family of operations is an extension in `Operations/`, its kernels in the folder of `Kernels/` with the family's
/// name.
public final class OpenCLBackend: Backend {
    /// What `--device` calls it, and what people read in logs.
    public let device: DeviceDescription
    /// All that the device says of itself.
    public let hardware: OpenCLDevice

    let context: OpenCLContext
    let pool: BufferPool
    let staging: StagingArea
    let programs: ProgramCache
    /// The names of implementations to be used whether or not they are the best, by operation.
    let preferredImplementations: [String: String]
    /// Times the kernels; nil unless that was asked for.
    let profiler: KernelProfiler?
    var launches = 0

    /// A backend of its own context, queue and memory.
    ///
    /// - Parameter preferredImplementations: for operations of ``implementationNames``, the name of the implementation to
    ///   use instead of the one that the backend would choose.
    /// - Parameter isProfiling: whether every kernel is timed, for ``takeProfile()``.
    /// - Throws: `OpenCLError`; `TensorError.invalidArgument` if there is no such operation or implementation.
    public convenience init(
        device: OpenCLDevice, preferredImplementations: [String: String] = [:], isProfiling: Bool = false
    ) throws {
        try self.init(
            device: device, sources: KernelSources(),
            binaries: device.keepsItsOwnBinaries ? BinaryCache(folder: nil) : BinaryCache(),
            preferredImplementations: preferredImplementations, isProfiling: isProfiling)
    }

    init(
        device hardware: OpenCLDevice, sources: KernelSources, binaries: BinaryCache,
        preferredImplementations: [String: String] = [:], isProfiling: Bool = false
    ) throws {
        try Self.checkNames(preferredImplementations)
        self.preferredImplementations = preferredImplementations
        self.hardware = hardware
        device = hardware.deviceDescription
        context = try OpenCLContext(device: hardware, isProfiling: isProfiling)
        profiler = isProfiling ? KernelProfiler(context: context) : nil
        pool = BufferPool(context: context)
        staging = StagingArea(context: context)
        programs = ProgramCache(context: context, sources: sources, binaries: binaries)
    }

    /// What has been used since the backend was made.
    public var statistics: BackendStatistics {
        var statistics = BackendStatistics()
        statistics.launches = launches
        pool.report(into: &statistics)
        return statistics
    }

    /// Programs compiled from source so far; those found in the cache on disk do not count.
    public var compilations: Int { programs.compilations }

    /// Seconds spent on making programs and kernels so far, by compiling them or from a cache. What a driver leaves for
    /// their first launch is not in it.
    public var compileSeconds: Double { programs.compileDuration / .seconds(1) }
}
