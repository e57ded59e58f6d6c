import Foundation

/// Kernels as instructions of NVIDIA's GPUs: to PTX by Debian's clang-15 and libclc-15, to machine code by NVIDIA's ptxas,
/// and back to text by its nvdisasm.
struct NVIDIACompiler {
    let chip: Chip
    /// Where intermediate files go.
    let folder: URL
    let assembler: String
    let disassembler: String

    /// What the PTX is written for. clang-15 knows none newer than sm_86, and ptxas translates it for any newer processor.
    private static let virtualProcessor = "sm_70"
    /// The first with matrix units for TF32.
    private static let virtualProcessorWithMatrixUnits = "sm_80"

    /// Compiles a program and looks at its kernels, by name.
    func reports(_ program: Program) throws -> [String: KernelReport] {
        func file(_ suffix: String) -> URL {
            folder.appendingPathComponent("\(program.identifier).\(chip.name).\(suffix)")
        }
        let (source, ptx, binary) = (file("cl"), file("ptx"), file("cubin"))
        try program.source.write(to: source, atomically: true, encoding: .utf8)
        try Command.run(
            "/usr/bin/clang-15",
            program.options + [
                "-x", "cl", "-O3", "-target", "nvptx64-nvidia-nvcl", "-Xclang", "-target-cpu", "-Xclang",
                program.usesMatrixUnits ? Self.virtualProcessorWithMatrixUnits : Self.virtualProcessor,
                "-Xclang", "-target-feature", "-Xclang", "+ptx75", "-Xclang", "-finclude-default-header", "-Xclang",
                "-mlink-builtin-bitcode", "-Xclang",
                "/usr/lib/clc/nvptx64--nvidiacl.bc", "-S", source.path, "-o", ptx.path,
            ])
        let log = try Command.run(assembler, ["-arch=\(chip.name)", "-v", ptx.path, "-o", binary.path])
        try Self.relabel(binary)
        return Self.parse(log: log, code: try Command.run(disassembler, ["-c", binary.path]))
    }

    /// Today's nvdisasm refuses sm_70, but knows its instructions: they are those of sm_75. So the file is made to say that
    /// it is one of those; the code in it stays ptxas's for sm_70.
    private static func relabel(_ binary: URL) throws {
        var bytes = try Data(contentsOf: binary)
        // The processor's flags in the header of a 64-bit ELF file.
        let flags = 0x30
        guard bytes.count > flags + 3, bytes[flags] == 70 else { return }
        bytes[flags] = 75
        bytes[flags + 2] = 75
        try bytes.write(to: binary)
    }

    /// Reads what ptxas says of each kernel, and nvdisasm's text.
    static func parse(log: String, code: String) -> [String: KernelReport] {
        let functions = functions(code)
        var reports: [String: KernelReport] = [:]
        var (name, stack, spills) = ("", 0, 0)
        for line in log.split(separator: "\n") {
            func number(before unit: String) -> Int {
                let words = line.split { " ,".contains($0) }
                let unit = unit.split(separator: " ")
                for index in words.indices where words[index...].dropFirst().starts(with: unit) {
                    return Int(words[index]) ?? 0
                }
                return 0
            }
            if line.contains("Function properties for") {
                name = line.split(separator: " ").last.map(String.init) ?? ""
            } else if line.contains("bytes stack frame") {
                stack = number(before: "bytes stack frame")
                spills = number(before: "bytes spill stores") + number(before: "bytes spill loads")
            } else if line.contains("Used"), line.contains("registers") {
                reports[name] = KernelReport(
                    registers: number(before: "registers"), localBytes: number(before: "bytes smem"),
                    stackBytes: stack, spills: spills, innerLoop: functions[name].flatMap { ControlFlow($0).innerLoop })
            }
        }
        return reports
    }

    private static func functions(_ code: String) -> [String: [AssemblyLine]] {
        var functions: [String: [AssemblyLine]] = [:]
        var function = ""
        for line in code.split(separator: "\n") {
            if line.hasPrefix(".text.") {
                function = String(line.dropFirst(".text.".count).dropLast())
            } else if line.hasPrefix("."), line.hasSuffix(":") {
                functions[function, default: []].append(.label(String(line.dropLast())))
            } else if let instruction = instruction(line) {
                functions[function, default: []].append(instruction)
            }
        }
        return functions
    }

    /// `/*0040*/ @P0 FFMA R0, R1, R2, R0 ;`
    private static func instruction(_ line: Substring) -> AssemblyLine? {
        let words = line.split { " \t,".contains($0) }
        guard let address = words.first, address.hasPrefix("/*"), address.hasSuffix("*/") else { return nil }
        let rest = words.dropFirst().drop { $0.hasPrefix("@") }
        guard let mnemonic = rest.first, mnemonic != "NOP", !mnemonic.hasPrefix("/*") else { return nil }
        let hasPredicate = rest.count < words.count - 1
        let multiplies = mnemonic.hasPrefix("FFMA") || mnemonic.hasPrefix("HMMA")
        var instruction = Instruction(multiplyAdds: multiplies ? 1 : 0)
        if mnemonic.hasPrefix("BRA"), let target = rest.first(where: { $0.hasPrefix("`(") }) {
            // BRA P0, `(.L_x_1) asks a second predicate.
            let isConditional = hasPredicate || rest.dropFirst().first?.hasPrefix("`(") == false
            instruction.flow = .jump(String(target.dropFirst(2).prefix { $0 != ")" }), isConditional: isConditional)
        } else if mnemonic == "EXIT", !hasPredicate {
            instruction.flow = .end
        }
        return .instruction(instruction)
    }
}
