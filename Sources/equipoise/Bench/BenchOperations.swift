import ArgumentParser
import BackendTesting
import Foundation
import Tensors
import Training

extension BenchCommand {
    struct Operations: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ops", abstract: "Times each operation on the shapes of WRN-28-2.",
            discussion: """
                Each line gives what a call takes in the median and in the fastest of ten samples, each of as many calls as
                fill 5 ms, the arithmetic and the memory traffic a second, and what part of the device's measured peaks
                these are.

                Example: equipoise bench ops --device opencl:0 --only convolution2D
                """)

        @OptionGroup var deviceOption: DeviceOption

        @OptionGroup var tuningOption: TuningOption

        @Option(help: "Only rows whose name contains this text.")
        var only: String?

        @Flag(help: "Print a JSON object a line.")
        var json = false

        func run() throws {
            let (backend, reason) = try deviceOption.device.backend(tuning: tuningOption.tuning ?? .cache)
            if !json { print("\(backend.device.identifier) \(backend.device.name) (\(reason))") }
            let rows = Suite.bench.rows.filter { row in only.map(row.name.contains) ?? true }
            guard !rows.isEmpty else { throw CommandError("no row's name contains \"\(only ?? "")\"") }
            let peaks = try DevicePeaks(of: backend)
            if !json {
                print(String(format: "at most %.1f GFLOP/s and %.1f GB/s", peaks.gigaflops, peaks.gigabytesPerSecond))
            }
            for row in rows {
                do {
                    try report(OperationTimer.measure(row, on: backend), peaks)
                } catch let error as TensorError {
                    guard case .unsupported = error else { throw error }
                    if !json { print("\(row.name): \(error)") }
                }
            }
        }

        private func report(_ timing: OperationTiming, _ peaks: DevicePeaks) throws {
            let line = OperationLine(timing, peaks)
            if json {
                print(String(decoding: try JSONEncoder.sortedLines.encode(line), as: UTF8.self))
            } else {
                print(line)
            }
        }
    }
}

/// An operation's timing, and its part of what the device does at most.
private struct OperationLine: Encodable, CustomStringConvertible {
    let row: String
    let medianMilliseconds: Double
    let minimumMilliseconds: Double
    let gigaflops: Double?
    let shareOfPeak: Double?
    let gigabytesPerSecond: Double?
    let shareOfBandwidth: Double?

    init(_ timing: OperationTiming, _ peaks: DevicePeaks) {
        row = timing.row
        medianMilliseconds = timing.medianSeconds * 1e3
        minimumMilliseconds = timing.bestSeconds * 1e3
        gigaflops = timing.gigaflops
        shareOfPeak = timing.gigaflops.map { $0 / peaks.gigaflops }
        gigabytesPerSecond = timing.gigabytesPerSecond
        shareOfBandwidth = timing.gigabytesPerSecond.map { $0 / peaks.gigabytesPerSecond }
    }

    var description: String {
        func speed(_ value: Double?, _ share: Double?, _ unit: String) -> String {
            guard let value, let share else { return String(repeating: " ", count: 15 + unit.count) }
            return String(format: "%8.1f \(unit) %3.0f %%", value, 100 * share)
        }
        return String(format: "%9.3f ms (%9.3f) ", medianMilliseconds, minimumMilliseconds)
            + speed(gigaflops, shareOfPeak, "GFLOP/s") + speed(gigabytesPerSecond, shareOfBandwidth, "GB/s")
            + "  \(row)"
    }

    private enum CodingKeys: String, CodingKey {
        case row
        case medianMilliseconds = "median_ms"
        case minimumMilliseconds = "min_ms"
        case gigaflops = "gflops"
        case shareOfPeak = "share_of_peak"
        case gigabytesPerSecond = "gb_per_second"
        case shareOfBandwidth = "share_of_bandwidth"
    }
}
