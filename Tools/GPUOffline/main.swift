// What compilers for real GPUs make of the kernels, without a GPU: see Tools/gpu-offline, which installs them.
//
//     gpu-offline PTXAS NVDISASM

import Foundation

func report(arguments: [String]) throws -> Bool {
    guard arguments.count == 3 else {
        throw OfflineError(description: "usage: gpu-offline PTXAS NVDISASM; Tools/gpu-offline knows where they are")
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gpu-offline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }

    let programs = try Variants.programs()
    var failures: [String] = []
    for chip in Chip.all {
        var table = ReportTable(chip)
        for program in programs where !program.usesMatrixUnits || chip.hasMatrixUnits {
            let reports: [String: KernelReport]
            do {
                switch chip.maker {
                case .amd:
                    reports = try AMDCompiler(chip: chip, folder: folder).reports(program)
                case .nvidia:
                    reports = try NVIDIACompiler(
                        chip: chip, folder: folder, assembler: arguments[1], disassembler: arguments[2]
                    ).reports(program)
                }
            } catch {
                failures.append("\(chip.name): \(program.title): \(error)")
                continue
            }
            for kernel in program.kernels {
                guard let report = reports[kernel.name] else {
                    failures.append("\(chip.name): \(program.title): \(kernel.name) is missing")
                    continue
                }
                table.append(kernel, of: program, report)
            }
        }
        print(table.text)
        failures += table.failures
    }
    guard !failures.isEmpty else { return true }
    print("\nNot as it should be:")
    for failure in failures { print("  \(failure)") }
    return false
}

do {
    exit(try report(arguments: CommandLine.arguments) ? 0 : 1)
} catch {
    FileHandle.standardError.write(Data("gpu-offline: \(error)\n".utf8))
    exit(1)
}
