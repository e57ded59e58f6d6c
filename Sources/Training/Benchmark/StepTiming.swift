import Tensors

/// How long a training step takes, in the fields in which other engines' benchmarks report it.
public struct StepTiming: Sendable, Encodable {
    /// This program.
    public let engine = "Equipoise"
    /// The device's identifier and name.
    public let device: String
    /// Cores or compute units.
    public let threads: Int
    /// How activations lie in memory.
    public let layout = "nhwc"
    /// Reduced precision: there is none.
    public let reducedPrecision = "none"
    /// Whether float32 products are rounded to TF32.
    public let usesTF32 = false
    /// Whether a compiled graph replaces eager operations.
    public let isCompiled = false
    /// Labelled images of a step.
    public let labelled: Int
    /// Unlabelled images of a step, each in two views.
    public let unlabelled: Int
    /// The step in the middle.
    public let medianMilliseconds: Double
    /// The fastest step.
    public let minimumMilliseconds: Double
    /// All steps together, divided by their number.
    public let meanMilliseconds: Double
    /// Images of all views a second, at the median.
    public let imagesPerSecond: Double
    /// 10⁹ floating-point operations of the network a second, at the median: three passes (forward, and two backward)
    /// over all views and one over the labelled images.
    public let convolutionGigaflops: Double
    /// Kernels enqueued in a step.
    public let launchesPerStep: Double
    /// Times a step asked the device for new memory.
    public let allocationsPerStep: Double
    /// The most bytes held at once.
    public let peakBytes: Int

    init(
        device: DeviceDescription, labelled: Int, unlabelled: Int, milliseconds: [Double], operationsPerImage: Int,
        launches: Int, allocations: Int, peakBytes: Int
    ) {
        let sorted = milliseconds.sorted()
        let steps = Double(max(1, sorted.count))
        let median = sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        let images = Double(labelled + 2 * unlabelled)
        self.device = "\(device.identifier) \(device.name)"
        threads = device.computeUnits
        self.labelled = labelled
        self.unlabelled = unlabelled
        medianMilliseconds = median.rounded(to: 100)
        minimumMilliseconds = (sorted.first ?? 0).rounded(to: 100)
        meanMilliseconds = (milliseconds.reduce(0, +) / steps).rounded(to: 100)
        imagesPerSecond = (images / median * 1000).rounded(to: 10)
        convolutionGigaflops =
            ((3 * images + Double(labelled)) * Double(operationsPerImage) / median * 1e-6).rounded(to: 10)
        launchesPerStep = Double(launches) / steps
        allocationsPerStep = Double(allocations) / steps
        self.peakBytes = peakBytes
    }

    private enum CodingKeys: String, CodingKey {
        case engine, device, threads, layout, labelled, unlabelled
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
