import Foundation
import Training

/// What `bench data` tells.
struct DataBenchReport: Encodable, CustomStringConvertible {
    let engine: String
    let device: String
    let threads: Int
    /// The views of a batch, in the middle of all rounds.
    let medianMilliseconds: Double
    let minimumMilliseconds: Double
    /// Views a second, at the median.
    let imagesPerSecond: Double
    /// A training step, in the middle of all rounds.
    let stepMilliseconds: Double
    /// The views' time as a part of the step's.
    let shareOfStep: Double
    /// The most bytes that the process had resident; nil where the system does not tell.
    let residentBytes: Int?

    /// - Parameters:
    ///   - views: of each round the views, some batches together.
    ///   - steps: of each round the training step.
    init(views: [BenchmarkTiming], steps: [BenchmarkTiming]) {
        engine = views.first?.engine ?? ""
        device = views.first?.device ?? ""
        threads = views.first?.threads ?? 0
        medianMilliseconds = views.map(\.medianMilliseconds).median ?? 0
        minimumMilliseconds = views.map(\.minimumMilliseconds).min() ?? 0
        imagesPerSecond = views.map(\.imagesPerSecond).median ?? 0
        stepMilliseconds = steps.map(\.medianMilliseconds).median ?? 0
        shareOfStep = medianMilliseconds / stepMilliseconds
        residentBytes = ProcessMemory.peakResidentBytes
    }

    private enum CodingKeys: String, CodingKey {
        case engine, device, threads
        case medianMilliseconds = "median_ms"
        case minimumMilliseconds = "min_ms"
        case imagesPerSecond = "images_per_second"
        case stepMilliseconds = "step_median_ms"
        case shareOfStep = "share_of_step"
        case residentBytes = "resident_bytes"
    }

    var description: String {
        """
        views on \(device): median \(medianMilliseconds) ms, fastest \(minimumMilliseconds) ms, \
        \(imagesPerSecond) images/s
        \(String(format: "%.2f", 100 * shareOfStep)) % of a step's \(stepMilliseconds) ms
        """
    }
}
