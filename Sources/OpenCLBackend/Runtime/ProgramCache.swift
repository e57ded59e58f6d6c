import COpenCL

/// A compiled kernel, ready to be launched.
final class Kernel {
    let name: String
    let kernel: cl_kernel
    let argumentCount: Int
    /// The work-group of its first launch; nil before, and if the device chose.
    var workGroup: [Int]?

    init(name: String, kernel: cl_kernel, argumentCount: Int) {
        self.name = name
        self.kernel = kernel
        self.argumentCount = argumentCount
    }
}

/// Compiled programs and kernels: in memory, and the programs' binaries on disk for the next start.
final class ProgramCache {
    private struct ProgramKey: Hashable {
        /// As ``KernelSources/programName(of:)`` has it.
        let name: String
        let definitions: Definitions
    }
    private struct KernelKey: Hashable {
        let kernel: String
        let program: ProgramKey
    }

    /// Programs compiled from source since the cache was made; those found on disk do not count.
    private(set) var compilations = 0
    /// Those of them for which Common/BuiltInFunctions.h was not enough.
    private(set) var compilationsWithAllDeclarations = 0
    /// Time spent on making programs and kernels.
    private(set) var compileDuration = Duration.zero

    /// The numbers that the shared headers need.
    let geometry: KernelGeometry
    private let context: OpenCLContext
    private let sources: KernelSources
    private let binaries: BinaryCache
    private var programs: [ProgramKey: cl_program] = [:]
    private var kernels: [KernelKey: Kernel] = [:]

    init(context: OpenCLContext, sources: KernelSources, binaries: BinaryCache) {
        self.context = context
        geometry = KernelGeometry(for: context.device)
        self.sources = sources
        self.binaries = binaries
    }

    deinit {
        for kernel in kernels.values { _ = context.library.clReleaseKernel(kernel.kernel) }
        for program in programs.values { _ = context.library.clReleaseProgram(program) }
    }

    /// The kernel `name` of `file`, compiled with `definitions`.
    ///
    /// - Throws: `OpenCLError.buildFailed` with the compiler's log, `OpenCLError.kernelFileNotFound`.
    func kernel(_ name: String, in file: String, definitions: Definitions) throws -> Kernel {
        let key = KernelKey(
            kernel: name, program: ProgramKey(name: sources.programName(of: file), definitions: definitions))
        if let kernel = kernels[key] { return kernel }
        let start = ContinuousClock.now
        defer { compileDuration += ContinuousClock.now - start }
        let kernel = try makeKernel(name, in: program(key.program))
        kernels[key] = kernel
        return kernel
    }

    /// The options with which every file is compiled. No option lets NaN, infinities or the order of operations be
    /// treated as if they did not matter.
    var deviceOptions: [String] {
        let device = context.device
        return [
            // Some drivers print how many warnings there were on the user's terminal, one for each loop that is asked to
            // be unrolled and has a single turn. Errors still come with their text.
            "-cl-std=CL1.2 -w",
            "-D \(device.family == .cpuLike ? "CPU_LIKE" : "GPU_LIKE")=1",
            "-D HAS_FUSED_MULTIPLY_ADD=\(device.hasFusedMultiplyAdd ? 1 : 0)",
        ] + geometry.options
            + (device.roundsDivisionCorrectly ? ["-cl-fp32-correctly-rounded-divide-sqrt"] : [])
    }

    /// What the binary of `source` is kept under: everything that it depends on.
    func cacheKey(source: String, options: String) -> CacheKey {
        let device = context.device
        return CacheKey([
            source, options, device.platform, device.platformVersion, device.name, device.version, device.driver,
        ])
    }

    /// Every kernel that was asked for.
    func compiledKernels() throws -> [CompiledKernel] {
        try kernels.map { key, kernel in
            let definitions = key.program.definitions.options
            return CompiledKernel(
                name: key.kernel, program: key.program.name, definitions: definitions,
                source: try sources.program(key.program.name), options: deviceOptions + definitions,
                workGroup: kernel.workGroup)
        }
    }

    private func program(_ key: ProgramKey) throws -> cl_program {
        if let program = programs[key] { return program }
        let source = try sources.program(key.name)
        let options = (deviceOptions + key.definitions.options).joined(separator: " ")
        let cacheKey = cacheKey(source: source, options: options)
        let program: cl_program
        if let binary = binaries.binary(for: cacheKey), let loaded = load(binary, options: options) {
            program = loaded
        } else {
            program = try compile(source, name: key.name, options: options)
            // Asking costs time even where nothing is kept: PoCL compiles every kernel of the program once more for it.
            if binaries.isKept, let binary = binary(of: program) { binaries.keep(binary, for: cacheKey) }
        }
        programs[key] = program
        return program
    }

    private func compile(_ source: String, name: String, options: String) throws -> cl_program {
        compilations += 1
        var code: cl_int = 0
        let created = source.withCString { text in
            var text: UnsafePointer<CChar>? = text
            return context.library.clCreateProgramWithSource(context.context, 1, &text, nil, &code)
        }
        try context.check(code, "clCreateProgramWithSource(\(name))")
        guard let program = created else {
            throw OpenCLError.callFailed(
                call: "clCreateProgramWithSource(\(name))", code: CL_INVALID_PROGRAM, kernel: nil,
                device: context.device.name)
        }
        code = CL_BUILD_PROGRAM_FAILURE
        if let declarations = context.device.optionsForOwnDeclarations {
            code = build(program, options: options + " " + declarations)
            if code != CL_SUCCESS { compilationsWithAllDeclarations += 1 }
        }
        if code != CL_SUCCESS { code = build(program, options: options) }
        guard code == CL_SUCCESS else {
            defer { _ = context.library.clReleaseProgram(program) }
            guard code == CL_BUILD_PROGRAM_FAILURE else {
                throw OpenCLError.callFailed(
                    call: "clBuildProgram(\(name))", code: code, kernel: nil, device: context.device.name)
            }
            throw OpenCLError.buildFailed(
                file: name, options: options, device: context.device.name,
                log: OpenCLError.shortened(log: buildLog(of: program)))
        }
        return program
    }

    private func build(_ program: cl_program, options: String) -> cl_int {
        var device: cl_device_id? = context.device.identifier
        return context.library.clBuildProgram(program, 1, &device, options, nil, nil)
    }

    private func buildLog(of program: cl_program) -> String {
        let device = context.device.identifier
        var size = 0
        _ = context.library.clGetProgramBuildInfo(program, device, cl_uint(CL_PROGRAM_BUILD_LOG), 0, nil, &size)
        var bytes = [UInt8](repeating: 0, count: size)
        _ = context.library.clGetProgramBuildInfo(program, device, cl_uint(CL_PROGRAM_BUILD_LOG), size, &bytes, nil)
        return InformationText.decode(bytes)
    }

    /// The program that a kept binary holds; nil if the driver does not accept it any more.
    private func load(_ binary: [UInt8], options: String) -> cl_program? {
        var device: cl_device_id? = context.device.identifier
        var length = binary.count
        var status: cl_int = 0
        var code: cl_int = 0
        let program = binary.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return context.library.clCreateProgramWithBinary(
                context.context, 1, &device, &length, &start, &status, &code)
        }
        guard let program else { return nil }
        guard code == CL_SUCCESS, status == CL_SUCCESS, build(program, options: options) == CL_SUCCESS else {
            _ = context.library.clReleaseProgram(program)
            return nil
        }
        return program
    }

    /// The driver's binary of a program; nil if it offers none.
    private func binary(of program: cl_program) -> [UInt8]? {
        var size = 0
        guard
            context.library.clGetProgramInfo(
                program, cl_program_info(CL_PROGRAM_BINARY_SIZES), MemoryLayout<Int>.size, &size, nil) == CL_SUCCESS,
            size > 0
        else { return nil }
        var binary = [UInt8](repeating: 0, count: size)
        let code = binary.withUnsafeMutableBufferPointer { bytes in
            var start = bytes.baseAddress
            return context.library.clGetProgramInfo(
                program, cl_program_info(CL_PROGRAM_BINARIES), MemoryLayout.size(ofValue: start), &start, nil)
        }
        return code == CL_SUCCESS ? binary : nil
    }

    private func makeKernel(_ name: String, in program: cl_program) throws -> Kernel {
        let library = context.library
        func check(_ code: cl_int, _ call: String) throws {
            guard code != CL_SUCCESS else { return }
            throw OpenCLError.callFailed(call: call, code: code, kernel: name, device: context.device.name)
        }
        var code: cl_int = 0
        let created = library.clCreateKernel(program, name, &code)
        try check(code, "clCreateKernel")
        guard let kernel = created else {
            throw OpenCLError.callFailed(
                call: "clCreateKernel", code: CL_INVALID_KERNEL_NAME, kernel: name, device: context.device.name)
        }
        var argumentCount: cl_uint = 0
        do {
            try check(
                library.clGetKernelInfo(
                    kernel, cl_kernel_info(CL_KERNEL_NUM_ARGS), MemoryLayout<cl_uint>.size, &argumentCount, nil),
                "clGetKernelInfo")
        } catch {
            _ = library.clReleaseKernel(kernel)
            throw error
        }
        return Kernel(name: name, kernel: kernel, argumentCount: Int(argumentCount))
    }
}
