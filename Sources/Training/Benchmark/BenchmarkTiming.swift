import NeuralNetworks
import Tensors

/// How long a training step, or the classification of a batch, takes; in the fields in which Tools/peers reports other
/// engines.
public struct BenchmarkTiming: Sendable, Encodable {
    /// This program.
    public let engine = "Equipoise"
    /// The device's identifier and name.
    public let device: String
    /// Cores or compute units.
    public let threads: Int
    /// How activations lie in memory.
    public let layout = "nhwc"
    /// Reduced precision: `none`, or `fp16-storage` for activations stored as halves, with arithmetic in float32.
    public let reducedPrecision: String
    /// Whether float32 products are rounded to TF32.
    public let usesTF32 = false
    /// Whether a compiled graph replaces eager operations.
    public let isCompiled = false
    /// Labelled images of a training step.
    public let labelled: Int?
    /// Unlabelled images of a training step, each in two views.
    public let unlabelled: Int?
    /// Images that are classified at a time.
    public let batch: Int?
    /// The step in the middle.
    public let medianMilliseconds: Double
    /// The fastest step.
    public let minimumMilliseconds: Double
    /// All steps together, divided by their number.
    public let meanMilliseconds: Double
    /// Images of all views a second, at the median.
    public let imagesPerSecond: Double
    /// 10⁹ floating-point operations of the network's convolutions and classifier a second, at the median.
    public let convolutionGigaflops: Double
    /// Kernels enqueued in a step.
    public let launchesPerStep: Double
    /// Times a step asked the device for new memory.
    public let allocationsPerStep: Double
    /// The most bytes held at once.
    public let peakBytes: Int

    /// What is timed.
    struct Work {
        var labelled: Int?
        var unlabelled: Int?
        var batch: Int?
        /// How activations are stored.
        let precision: Precision
        /// Images of all views.
        let images: Int
        let floatingPointOperations: Int
    }

    /// Times `step`, which must wait until it is done, `steps` times.
    init(_ work: Work, steps: Int, on backend: any Backend, step: (Int) throws -> Void) throws {
        let clock = ContinuousClock()
        let before = backend.statistics
        let milliseconds = try (0..<steps).map { index in
            try clock.measure { try step(index) } / .milliseconds(1)
        }
        let after = backend.statistics
        let count = Double(max(1, steps))
        let median = milliseconds.median ?? 0
        device = "\(backend.device.identifier) \(backend.device.name)"
        threads = backend.device.computeUnits
        (labelled, unlabelled, batch) = (work.labelled, work.unlabelled, work.batch)
        reducedPrecision = work.precision == .mixed ? "fp16-storage" : "none"
        medianMilliseconds = median.rounded(to: 100)
        minimumMilliseconds = (milliseconds.min() ?? 0).rounded(to: 100)
        meanMilliseconds = (milliseconds.reduce(0, +) / count).rounded(to: 100)
        imagesPerSecond = (Double(work.images) / median * 1e3).rounded(to: 10)
        convolutionGigaflops = (Double(work.floatingPointOperations) / median * 1e-6).rounded(to: 10)
        launchesPerStep = Double(after.launches - before.launches) / count
        allocationsPerStep = Double(after.allocations - before.allocations) / count
        peakBytes = after.peakBytes
    }

    private enum CodingKeys: String, CodingKey {
        case engine, device, threads, layout, labelled, unlabelled, batch
        case reducedPrecision = "amp"
        case usesTF32 = "tf32"
        case isCompiled = "compile"
        case medianMilliseconds = "median_ms"
        case minimumMilliseconds = "min_ms"
        case meanMilliseconds = "mean_ms"
        case imagesPerSecond = "images_per_second"
        case convolutionGigaflops = "conv_gflops"
        case launchesPerStep = "launches_per_step"
        case allocationsPerStep = "allocations_per_step"
        case peakBytes = "peak_bytes"
    }
}

extension Double {
    /// The nearest multiple of `1/parts`.
    fileprivate func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}
