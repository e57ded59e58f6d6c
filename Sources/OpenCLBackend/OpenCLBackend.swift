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
    private(set) var preferredImplementations: [String: String]
    /// What measuring has found for this device, if it was measured.
    public let tuning: Tuning?
    /// Which implementation performs which problem, found once for each.
    var choices = ImplementationChoices()
    /// Times the kernels; nil unless that was asked for.
    let profiler: KernelProfiler?
    var launches = 0

    /// A backend of its own context, queue and memory.
    ///
    /// - Parameter preferredImplementations: for operations of ``implementationNames``, the name of the implementation to
    ///   use instead of the one that the backend would choose.
    /// - Parameter tuning: choices that measuring has found best; nil for the order of the lists.
    /// - Parameter isProfiling: whether every kernel is timed, for ``takeProfile()``.
    /// - Throws: `OpenCLError`; `TensorError.invalidArgument` if there is no such operation or implementation;
    ///   `TuningError` if the tuning is for another device or another version of the program.
    public convenience init(
        device: OpenCLDevice, preferredImplementations: [String: String] = [:], tuning: Tuning? = nil,
        isProfiling: Bool = false
    ) throws {
        try self.init(
            device: device, sources: KernelSources(),
            binaries: device.keepsItsOwnBinaries ? BinaryCache(folder: nil) : BinaryCache(),
            preferredImplementations: preferredImplementations, tuning: tuning, isProfiling: isProfiling)
    }

    init(
        device hardware: OpenCLDevice, sources: KernelSources, binaries: BinaryCache,
        preferredImplementations: [String: String] = [:], tuning: Tuning? = nil, isProfiling: Bool = false
    ) throws {
        try Self.checkNames(preferredImplementations)
        try Self.check(tuning, for: hardware)
        self.tuning = tuning
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

    /// The content of a file with the tuning, as ``Tuning/init(contentsOf:)`` reads it.
    public var tuningRecord: String? { tuning?.json }

    /// Programs compiled from source so far; those found in the cache on disk do not count.
    public var compilations: Int { programs.compilations }

    /// How many of them needed the driver's declarations of built-in functions where ours should do.
    package var compilationsWithAllDeclarations: Int { programs.compilationsWithAllDeclarations }

    /// Seconds spent on making programs and kernels so far, by compiling them or from a cache. What a driver leaves for
    /// their first launch is not in it.
    public var compileSeconds: Double { programs.compileDuration / .seconds(1) }

    /// Runs `body`, in which `operation` is performed by the implementation `name` and no other.
    ///
    /// - Throws: what `body` throws; `TensorError.invalidArgument` if there is no such operation or implementation.
    public func performing<Result>(
        _ operation: String, by name: String, _ body: () throws -> Result
    ) throws -> Result {
        try Self.checkNames([operation: name])
        let before = preferredImplementations
        preferredImplementations[operation] = name
        defer { preferredImplementations = before }
        return try body()
    }
}
