import ArgumentParser
import BackendTesting
import Foundation
import Tensors
import Training

extension BenchCommand {
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
