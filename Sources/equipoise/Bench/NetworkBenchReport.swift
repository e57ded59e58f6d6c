import BackendTesting
import Foundation
import Training

/// What `bench step` and `bench inference` tell.
struct NetworkBenchReport: Encodable, CustomStringConvertible {
    let timing: BenchmarkTiming
    let peaks: DevicePeaks
    /// The most bytes that the process had resident when the timing ended; nil where the system does not tell.
    let residentBytes: Int?
    /// Seconds that this process spent on making programs and kernels.
    let compileSeconds: Double
    /// Programs that it compiled because no cache of its own had them.
    let compilations: Int
    /// Seconds from the command's beginning to the end of the first step.
    let startSeconds: Double
    /// Starts in processes of their own, if these were asked for.
    let starts: StartTimes?
    /// The kernels' times, if these were asked for.
    let kernels: [KernelShare]?

    /// The convolutions' arithmetic as a part of the device's peak, more than 1 where an algorithm saves multiplications.
    private var shareOfPeak: Double { timing.convolutionGigaflops / peaks.gigaflops }

    private enum CodingKeys: String, CodingKey {
        case kernels, compilations
        case shareOfPeak = "share_of_peak"
        case residentBytes = "resident_bytes"
        case compileSeconds = "compile_seconds"
        case startSeconds = "start_seconds"
    }

    /// One flat object.
    func encode(to encoder: any Encoder) throws {
        try timing.encode(to: encoder)
        try peaks.encode(to: encoder)
        try starts?.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(shareOfPeak, forKey: .shareOfPeak)
        try container.encodeIfPresent(residentBytes, forKey: .residentBytes)
        try container.encode(compileSeconds, forKey: .compileSeconds)
        try container.encode(compilations, forKey: .compilations)
        try container.encode(startSeconds, forKey: .startSeconds)
        try container.encodeIfPresent(kernels, forKey: .kernels)
    }

    var description: String {
        var lines = [
            "median \(timing.medianMilliseconds) ms, fastest \(timing.minimumMilliseconds) ms, "
                + "\(timing.imagesPerSecond) images/s",
            "\(timing.convolutionGigaflops) GFLOP/s, \(shareOfPeak.percent) of the device's measured "
                + String(format: "%.1f GFLOP/s; it copies %.1f GB/s", peaks.gigaflops, peaks.gigabytesPerSecond),
            "\(timing.launchesPerStep) launches and \(timing.allocationsPerStep) allocations a step, "
                + "at most \(timing.peakBytes >> 20) MiB",
            String(format: "%.2f s to the end of the first step, %.2f s of it for ", startSeconds, compileSeconds)
                + "compiling \(compilations) programs and making kernels",
        ]
        if let starts { lines.append(starts.description) }
        if let kernels { lines += ["", KernelTable(kernels, stepMilliseconds: timing.meanMilliseconds).description] }
        return lines.joined(separator: "\n")
    }
}
