/// The contract between the learning methods and a device: a closed vocabulary of operations, forward and backward
/// named side by side. Methods and networks are written once against it.
///
/// - Operations are eager and asynchronous: they enqueue and return; only reading waits.
/// - Layout: activations `[N, H, W, C]`, filters `[R, S, Cin, Cout]`, linear weights `[out, in]`; float32, row-major.
/// - Activations of convolutions, normalization, pooling and additions, and their gradients, may be float16: half the
///   memory, the same arithmetic in float32, each result rounded once when it is stored (to nearest, ties to even). All
///   activations of one operation hold the same type, and so do the results. Everything else stays float32.
/// - Results of operations are new tensors from the backend's pool, unless the name says `into` or "in place".
/// - Reductions run in a fixed order: the same binary, device, driver, configuration and seed give the same bits.
/// - What a device cannot do is a thrown `TensorError.unsupported`; nothing falls back silently.
/// - A backend is used from one thread at a time.
///
/// An implementer is done when `equipoise parity` and the golden vectors pass.
public protocol Backend: MemoryOperations, ConvolutionOperations, NormalizationOperations, PoolingOperations,
    MatrixOperations, PointwiseOperations, ReductionOperations, SoftmaxOperations, PrototypeOperations, RowOperations,
    OptimizerOperations, RandomOperations, AugmentationOperations, DerivedOperations
{
    /// What the backend runs on.
    var device: DeviceDescription { get }

    /// What has been used since the backend was made.
    var statistics: BackendStatistics { get }

    /// Measured choices on which the results' last bits depend, beside device, driver and program: a run keeps the text, and
    /// a backend made with it gives the same bits. Nil if there are none.
    var tuningRecord: String? { get }

    /// Measures how many floating-point operations a second the device does at most in float32, a multiply-add counting as
    /// two: what kernels' speeds are a part of. Takes about a tenth of a second.
    func measureArithmeticPeak() throws -> Double
}

/// What a backend runs on, for people and for logs.
public struct DeviceDescription: Hashable, Sendable, Codable {
    /// `cpu` for the Swift backend, `opencl:0` and so on for OpenCL devices: what `--device` accepts.
    public var identifier: String
    /// The device's own name.
    public var name: String
    /// Platform and driver version; for the Swift backend the instruction set of its inner loops.
    public var driver: String
    /// Cores or compute units in use.
    public var computeUnits: Int
    /// Bytes of memory that the device reports.
    public var memoryBytes: Int

    /// Describes a device.
    public init(identifier: String, name: String, driver: String, computeUnits: Int, memoryBytes: Int) {
        self.identifier = identifier
        self.name = name
        self.driver = driver
        self.computeUnits = computeUnits
        self.memoryBytes = memoryBytes
    }
}

/// Counters that hold on any machine, however fast: what tests limit.
public struct BackendStatistics: Hashable, Sendable {
    /// Kernels enqueued (operations performed, for the CPU backend).
    public var launches = 0
    /// Times that new memory was asked of the device, not found in the pool.
    public var allocations = 0
    /// Bytes now held from the device, pool included.
    public var allocatedBytes = 0
    /// The most bytes ever held at once.
    public var peakBytes = 0

    /// All zero.
    public init() {}
}
