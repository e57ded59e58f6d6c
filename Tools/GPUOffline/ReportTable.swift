import Foundation

/// All kernels on one chip, and what is wrong with them.
struct ReportTable {
    /// Inner loops of the convolutions must have at least this part of multiply-adds.
    private static let leastShare = 0.7

    private let chip: Chip
    private var rows: [[String]]
    /// One line for each rule that a kernel breaks.
    private(set) var failures: [String] = []

    init(_ chip: Chip) {
        self.chip = chip
        rows = [["kernel", "hot", "registers", "local", "stack", "spills", "occupancy", "FMA of inner loop"]]
    }

    mutating func append(_ kernel: Program.Kernel, of program: Program, _ report: KernelReport) {
        let macros = program.title.split(separator: " ").dropFirst().joined(separator: " ")
        let name = macros.isEmpty ? kernel.name : "\(kernel.name) \(macros)"
        let occupancy = chip.occupancy(
            registers: report.registers, localBytesPerGroup: report.localBytes, workItems: kernel.workItems)
        rows.append([
            name, kernel.isHot ? "hot" : "", "\(report.registers)", "\(report.localBytes)", "\(report.stackBytes)",
            "\(report.spills)", occupancy.percent,
            report.innerLoop.map { "\($0.multiplyAdds) of \($0.instructions): \($0.share.percent)" }
                ?? "–",
        ])
        if occupancy == 0 { fail(name, "a work-group does not fit") }
        guard kernel.isHot else { return }
        if report.spills > 0 { fail(name, "spills registers") }
        if program.isConvolution, (report.innerLoop?.share ?? 0) < Self.leastShare {
            fail(name, "less than \(Self.leastShare.percent) multiply-adds in the inner loop")
        }
    }

    private mutating func fail(_ kernel: String, _ problem: String) {
        failures.append("\(chip.name): \(kernel): \(problem)")
    }

    /// Aligned columns.
    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
        return "\n\(chip.name) (\(chip.example)): waves of \(chip.waveSize)\n" + lines.joined(separator: "\n")
    }
}

extension Double {
    /// A part as a percentage.
    fileprivate var percent: String { "\(Int((100 * self).rounded())) %" }
}
