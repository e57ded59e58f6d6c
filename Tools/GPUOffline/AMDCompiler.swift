import Foundation

/// Kernels as instructions of AMD's GPUs, by Debian's clang-15 and libclc-15.
struct AMDCompiler {
    let chip: Chip
    /// Where intermediate files go.
    let folder: URL

    /// Compiles a program and looks at its kernels, by name.
    func reports(_ program: Program) throws -> [String: KernelReport] {
        let source = folder.appendingPathComponent("\(program.identifier).\(chip.name).cl")
        let assembly = folder.appendingPathComponent("\(program.identifier).\(chip.name).s")
        try program.source.write(to: source, atomically: true, encoding: .utf8)
        try Command.run(
            "/usr/bin/clang-15",
            program.options + [
                "-x", "cl", "-O3", "-target", "amdgcn-amd-amdhsa", "-mcpu=\(chip.name)", "-nogpulib", "-Xclang",
                "-finclude-default-header", "-Xclang", "-mlink-builtin-bitcode", "-Xclang",
                "/usr/lib/clc/amdgcn--amdhsa.bc", "-S", source.path, "-o", assembly.path,
            ])
        return Self.parse(try String(contentsOf: assembly, encoding: .utf8))
    }

    /// Reads clang's assembly: the instructions of each function, and the metadata of each kernel behind them.
    static func parse(_ text: String) -> [String: KernelReport] {
        var functions: [String: [AssemblyLine]] = [:]
        var function = ""
        var metadata: [[String: String]] = []
        var isMetadata = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("amdhsa.kernels") {
                isMetadata = true
            } else if isMetadata {
                if line.hasPrefix("  - .") { metadata.append([:]) }
                let pair = line.drop { " -".contains($0) }.split(separator: ":", maxSplits: 1)
                // Kernels are indented by two, their arguments by more.
                guard pair.count == 2, line.hasPrefix("    .") || line.hasPrefix("  - ."), !metadata.isEmpty else {
                    continue
                }
                metadata[metadata.count - 1][String(pair[0])] = pair[1].trimmingCharacters(in: .whitespaces)
            } else if let code = assemblyLine(line) {
                if case .label(let name) = code, !name.hasPrefix(".") { function = name }
                functions[function, default: []].append(code)
            }
        }
        var reports: [String: KernelReport] = [:]
        for kernel in metadata {
            guard let name = kernel[".name"] else { continue }
            func number(_ key: String) -> Int { kernel[key].flatMap { Int($0) } ?? 0 }
            reports[name] = KernelReport(
                registers: number(".vgpr_count"), localBytes: number(".group_segment_fixed_size"),
                stackBytes: number(".private_segment_fixed_size"), spills: number(".vgpr_spill_count"),
                innerLoop: functions[name].flatMap { ControlFlow($0).innerLoop })
        }
        return reports
    }

    private static let hints: Set<Substring> = ["s_waitcnt", "s_waitcnt_vscnt", "s_nop", "s_delay_alu", "s_clause"]

    private static func assemblyLine(_ line: Substring) -> AssemblyLine? {
        guard let first = line.first else { return nil }
        if first != "\t", first != " ", first != ";", let colon = line.firstIndex(of: ":") {
            return .label(String(line[..<colon]))
        }
        let words = line.split { " \t,".contains($0) }
        guard let mnemonic = words.first, mnemonic.contains("_"), !mnemonic.hasPrefix("."), !mnemonic.hasPrefix(";"),
            !hints.contains(mnemonic)
        else { return nil }
        // RDNA 3 joins two instructions: v_dual_fmac_f32 … :: v_dual_mul_f32 …
        let joined = words.filter { $0.hasPrefix("v_dual_") }
        let operations = joined.isEmpty ? [mnemonic] : joined
        let multiplyAdds = operations.count { name in
            ["v_fma_f32", "v_fmac_f32", "v_dual_fmac_f32", "v_mac_f32", "v_fmaak_f32", "v_fmamk_f32"].contains {
                name.hasPrefix($0)
            }
        }
        let flow: Instruction.Flow =
            switch mnemonic {
            case "s_endpgm": .end
            case "s_branch": .jump(String(words.dropFirst().first ?? ""), isConditional: false)
            case _ where mnemonic.hasPrefix("s_cbranch"):
                .jump(String(words.dropFirst().first ?? ""), isConditional: true)
            default: .next
            }
        return .instruction(Instruction(count: operations.count, multiplyAdds: multiplyAdds, flow: flow))
    }
}
