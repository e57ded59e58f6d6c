import ArgumentParser
import BackendTesting
import Foundation
import NeuralNetworks
import OpenCLBackend
import Tensors
import Training

/// What `bench step` and `bench inference` have in common.
struct NetworkBenchOptions: ParsableArguments {
    @OptionGroup var deviceOption: DeviceOption

    @OptionGroup var tuningOption: TuningOption

    @Option(help: "wrn-DEPTH-WIDTH, resnet-18, resnet-34 or resnet-50.")
    var model = ModelName.wideResNet(depth: 28, width: 2)

    @Option(help: "How activations are stored: single (float32) or mixed (float16).")
    var precision = Precision.single

    @Option(help: "Steps (or batches) that are timed.")
    var steps = 7

    @Option(help: "Steps (or batches) before these.")
    var warmUp = 2

    @Flag(help: "Time every kernel, too.")
    var profile = false

    @Flag(help: "Time the program's start, too: once with empty caches of compiled kernels, once with full ones.")
    var starts = false

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        try Self.check("steps", steps)
        guard (0...65_536).contains(warmUp) else {
            throw ValidationError("--warm-up must be from 0 to 65536, not \(warmUp)")
        }
    }

    /// - Throws: `ValidationError` unless the option's value is a possible number of images or steps.
    static func check(_ name: String, _ value: Int) throws {
        guard (1...65_536).contains(value) else {
            throw ValidationError("--\(name) must be from 1 to 65536, not \(value)")
        }
    }

    /// Times a benchmark and prints the report.
    ///
    /// - Parameters:
    ///   - command: the subcommand, and `sizes` its own options: what a process that times the start is given.
    ///   - title: what is timed, for people.
    func run(
        _ command: String, sizes: [String], title: String,
        make: (_ model: ModelName, _ backend: any Backend) throws -> any Benchmark
    ) throws {
        let start = ContinuousClock.now
        let backend = try deviceOption.device.backend(
            tuning: tuningOption.tuning ?? .cache, isProfiling: profile
        ).backend
        let benchmark = try make(model, backend)
        let first = try benchmark.run(steps: 1)
        let startSeconds = (ContinuousClock.now - start) / .seconds(1)
        try benchmark.warmUp(steps: max(0, warmUp - 1))
        let openCL = backend as? OpenCLBackend
        // What has run so far is not part of the timed steps.
        _ = try openCL?.takeProfile()
        let timing = warmUp == 0 && steps == 1 ? first : try benchmark.run(steps: steps)
        let kernels = profile ? try openCL?.takeProfile().map { KernelShare($0, steps: steps) } : nil
        // Before the peaks are measured, which takes time and memory of its own.
        let residentBytes = ProcessMemory.peakResidentBytes
        let compileSeconds = openCL?.compileSeconds ?? 0
        let report = NetworkBenchReport(
            timing: timing, peaks: try DevicePeaks(of: backend), residentBytes: residentBytes,
            compileSeconds: compileSeconds,
            compilations: openCL?.compilations ?? 0, startSeconds: startSeconds,
            starts: starts
                ? try StartTimes(
                    of: [
                        "bench", command, "--device", deviceOption.device.description, "--model", model.description,
                        "--precision", precision.rawValue,
                    ] + sizes)
                : nil,
            kernels: kernels)
        if json {
            print(String(decoding: try JSONEncoder.sortedLines.encode(report), as: UTF8.self))
        } else {
            print("\(model), \(precision.rawValue) precision, on \(timing.device), \(title)")
            print(report)
        }
    }
}

extension Precision: ExpressibleByArgument {}

extension ModelName: ExpressibleByArgument {}
