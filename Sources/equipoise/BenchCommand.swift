import ArgumentParser
import BackendTesting
import Foundation
import Tensors
import Training

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times a training step, or each operation.",
        discussion: "Example: equipoise bench step --model wrn-28-2 --labelled 64 --unlabelled 128 --json",
        subcommands: [Step.self, Operations.self])

    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times DASO's training step on random images of 32×32×3.",
            discussion: "Example: equipoise bench step --model wrn-28-2 --labelled 64 --unlabelled 128 --json")

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
            let (backend, _) = try deviceOption.device.backend()
            let benchmark = try StepBenchmark(
                depth: depth, width: width, labelled: labelled, unlabelled: unlabelled, on: backend)
            let timing = try benchmark.run(warmUp: warmUp, steps: steps)
            if json {
                print(String(decoding: try JSONEncoder.sortedLines.encode(timing), as: UTF8.self))
            } else {
                print("\(model) on \(timing.device), \(labelled) labelled and \(unlabelled) unlabelled images a step")
                print("median \(timing.medianMilliseconds) ms, fastest \(timing.minimumMilliseconds) ms")
                print("\(timing.imagesPerSecond) images/s, \(timing.convolutionGigaflops) GFLOP/s")
                print(
                    "\(timing.launchesPerStep) launches and \(timing.allocationsPerStep) allocations a step, "
                        + "at most \(timing.peakBytes >> 20) MiB")
            }
        }
    }

    struct Operations: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ops", abstract: "Times each operation on the shapes of WRN-28-2.",
            discussion: "Example: equipoise bench ops --device opencl:0 --only convolution2D")

        @OptionGroup var deviceOption: DeviceOption

        @Option(help: "Only rows whose name contains this text.")
        var only: String?

        @Flag(help: "Print a JSON object a line.")
        var json = false

        func run() throws {
            let (backend, reason) = try deviceOption.device.backend()
            if !json { print("\(backend.device.identifier) \(backend.device.name) (\(reason))") }
            let rows = Suite.bench.rows.filter { row in only.map(row.name.contains) ?? true }
            guard !rows.isEmpty else { throw CommandError("no row's name contains \"\(only ?? "")\"") }
            for row in rows {
                do {
                    try report(OperationTimer.measure(row, on: backend))
                } catch let error as TensorError {
                    guard case .unsupported = error else { throw error }
                    if !json { print("\(row.name): \(error)") }
                }
            }
        }

        private func report(_ timing: OperationTiming) throws {
            if json {
                let line = OperationLine(timing)
                return print(String(decoding: try JSONEncoder.sortedLines.encode(line), as: UTF8.self))
            }
            let milliseconds = String(format: "%9.3f ms", timing.medianSeconds * 1e3)
            let speed = timing.gigaflops.map { String(format: "%8.1f GFLOP/s", $0) } ?? ""
            let traffic = timing.gigabytesPerSecond.map { String(format: "%7.1f GB/s", $0) } ?? ""
            print("\(milliseconds) \(speed) \(traffic)  \(timing.row)")
        }
    }
}

/// An operation's timing as JSON.
private struct OperationLine: Encodable {
    let row: String
    let medianMilliseconds: Double
    let minimumMilliseconds: Double
    let gigaflops: Double?
    let gigabytesPerSecond: Double?

    init(_ timing: OperationTiming) {
        row = timing.row
        medianMilliseconds = timing.medianSeconds * 1e3
        minimumMilliseconds = timing.bestSeconds * 1e3
        gigaflops = timing.gigaflops
        gigabytesPerSecond = timing.gigabytesPerSecond
    }

    private enum CodingKeys: String, CodingKey {
        case row
        case medianMilliseconds = "median_ms"
        case minimumMilliseconds = "min_ms"
        case gigaflops = "gflops"
        case gigabytesPerSecond = "gb_per_second"
    }
}
