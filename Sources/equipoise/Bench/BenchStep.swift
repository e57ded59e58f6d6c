import ArgumentParser
import Foundation
import OpenCLBackend
import Training

extension BenchCommand {
    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times DASO's training step on random images of 32×32×3.",
            discussion: """
                With --profile the time of every kernel is told as well, by OpenCL's events; the step itself is then
                somewhat slower.

                Example: equipoise bench step --model wrn-28-2 --labelled 64 --unlabelled 128 --json
                """)

        @OptionGroup var deviceOption: DeviceOption

        @Option(help: "wrn-DEPTH-WIDTH.")
        var model = "wrn-28-2"

        @Option(help: "Labelled images of a step.")
        var labelled = 64

        @Option(help: "Unlabelled images of a step, each in two views.")
        var unlabelled = 128

        @Option(help: "Steps that are timed.")
        var steps = 7

        @Option(help: "Steps before these.")
        var warmUp = 2

        @Flag(help: "Time every kernel, too.")
        var profile = false

        @Flag(help: "Print one line of JSON.")
        var json = false

        func validate() throws {
            guard ModelSettings.parse(model) != nil else {
                throw ValidationError("--model takes wrn-DEPTH-WIDTH such as wrn-28-2, not \"\(model)\"")
            }
            for (name, value) in [("labelled", labelled), ("unlabelled", unlabelled), ("steps", steps)] {
                guard (1...65_536).contains(value) else {
                    throw ValidationError("--\(name) must be from 1 to 65536, not \(value)")
                }
            }
            guard (0...65_536).contains(warmUp) else {
                throw ValidationError("--warm-up must be from 0 to 65536, not \(warmUp)")
            }
        }

        func run() throws {
            guard let (depth, width) = ModelSettings.parse(model) else { return }
            let backend = try deviceOption.device.backend(isProfiling: profile)
            let benchmark = try StepBenchmark(
                depth: depth, width: width, labelled: labelled, unlabelled: unlabelled, on: backend)
            _ = try benchmark.run(warmUp: warmUp, steps: 0)
            let profiled = backend as? OpenCLBackend
            // What has run so far was not part of the timed steps.
            _ = try profiled?.takeProfile()
            let timing = try benchmark.run(warmUp: 0, steps: steps)
            let kernels = profile ? try profiled?.takeProfile().map { KernelShare($0, steps: steps) } : nil
            let report = StepReport(timing: timing, kernels: kernels)
            if json {
                print(String(decoding: try JSONEncoder.sortedLines.encode(report), as: UTF8.self))
            } else {
                print("\(model) on \(timing.device), \(labelled) labelled and \(unlabelled) unlabelled images a step")
                print(report)
            }
        }
    }
}

/// What `equipoise bench step` tells: the timing, and the kernels if they were timed.
struct StepReport: Encodable, CustomStringConvertible {
    let timing: StepTiming
    let kernels: [KernelShare]?

    private enum CodingKeys: String, CodingKey {
        case kernels
    }

    /// One flat object.
    func encode(to encoder: any Encoder) throws {
        try timing.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(kernels, forKey: .kernels)
    }

    var description: String {
        var lines = [
            "median \(timing.medianMilliseconds) ms, fastest \(timing.minimumMilliseconds) ms",
            "\(timing.imagesPerSecond) images/s, \(timing.convolutionGigaflops) GFLOP/s",
            "\(timing.launchesPerStep) launches and \(timing.allocationsPerStep) allocations a step, "
                + "at most \(timing.peakBytes >> 20) MiB",
        ]
        if let kernels { lines += ["", KernelTable(kernels, stepMilliseconds: timing.meanMilliseconds).description] }
        return lines.joined(separator: "\n")
    }
}
