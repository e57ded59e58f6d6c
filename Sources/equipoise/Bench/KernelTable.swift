import Foundation
import OpenCLBackend

/// A kernel's part in a step.
struct KernelShare: Encodable {
    let kernel: String
    /// The operation's problem, or the shape of the kernel's largest tensor.
    let problem: String
    let launchesPerStep: Double
    let millisecondsPerStep: Double

    init(_ time: KernelTime, steps: Int) {
        kernel = time.kernel
        problem = time.problem
        launchesPerStep = Double(time.launches) / Double(max(1, steps))
        millisecondsPerStep = time.seconds * 1e3 / Double(max(1, steps))
    }

    private init(kernel: String, problem: String, sumOf parts: [KernelShare]) {
        self.kernel = kernel
        self.problem = problem
        launchesPerStep = parts.reduce(0) { $0 + $1.launchesPerStep }
        millisecondsPerStep = parts.reduce(0) { $0 + $1.millisecondsPerStep }
    }

    /// Each kernel once, all its problems together, the longest first.
    static func byKernel(_ shares: [KernelShare]) -> [KernelShare] {
        Dictionary(grouping: shares, by: \.kernel)
            .map { KernelShare(kernel: $0, problem: "", sumOf: $1) }
            .sorted { ($0.millisecondsPerStep, $1.kernel) > ($1.millisecondsPerStep, $0.kernel) }
    }

    private enum CodingKeys: String, CodingKey {
        case kernel, problem
        case launchesPerStep = "launches_per_step"
        case millisecondsPerStep = "ms_per_step"
    }
}

/// Where the time of a step goes, for people: kernel by kernel, then kernel and problem.
struct KernelTable: CustomStringConvertible {
    let description: String

    /// - Parameter stepMilliseconds: the mean step while the kernels were timed.
    init(_ shares: [KernelShare], stepMilliseconds: Double) {
        let total = shares.reduce(0) { $0 + $1.millisecondsPerStep }
        func cells(_ share: KernelShare) -> [String] {
            [
                String(format: "%.2f", share.millisecondsPerStep),
                (share.millisecondsPerStep / max(total, 1e-9)).percent,
                String(format: "%g", share.launchesPerStep),
            ]
        }
        let header = ["ms a step", "share", "launches"]
        let kernels = AlignedTable(
            [["kernel"] + header] + KernelShare.byKernel(shares).map { [$0.kernel] + cells($0) })
        let problems = AlignedTable(
            [["kernel and problem"] + header] + shares.map { ["\($0.kernel) \($0.problem)"] + cells($0) })
        let rest = stepMilliseconds - total
        description = """
            \(kernels)
            kernels together \(String(format: "%.2f", total)) ms of a step's mean \
            \(String(format: "%.2f", stepMilliseconds)) ms; between them \(String(format: "%.2f", rest)) ms

            \(problems)
            """
    }
}
