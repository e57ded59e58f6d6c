import COpenCL
import Tensors

extension OpenCLBackend {
    /// Enqueues a kernel. Compiles it at its first use.
    ///
    /// - Parameters:
    ///   - name: the kernel's name in its file.
    ///   - file: its file inside `Kernels/`.
    ///   - definitions: macros for the file; each different set is compiled on its own.
    ///   - global: work-items along one to three dimensions. If one of them is 0 nothing is done.
    ///   - local: work-items of a work-group, which must divide `global`; nil leaves it to the device.
    ///   - arguments: in the kernel's order.
    /// - Throws: `TensorError.foreignTensor`, `OpenCLError`.
    func launch(
        _ name: String, in file: String, definitions: Definitions = [:], global: [Int], local: [Int]? = nil,
        arguments: [KernelArgument]
    ) throws {
        guard !global.contains(0) else { return }
        let kernel = try programs.kernel(name, in: file, definitions: definitions)
        var position = 0
        for argument in arguments { try set(argument, of: kernel, at: &position) }
        guard position == kernel.argumentCount else {
            throw OpenCLError.argumentCountMismatch(kernel: name, given: position, expected: kernel.argumentCount)
        }
        func enqueue(_ event: OpenCLLibrary.NewEvent?) -> cl_int {
            context.library.clEnqueueNDRangeKernel(
                context.queue, kernel.kernel, cl_uint(global.count), nil, global, local, 0, nil, event)
        }
        let code = profiler?.record(kernel: name, of: { Self.shape(ofLargest: arguments) }, enqueue) ?? enqueue(nil)
        guard code == CL_SUCCESS else { throw launchError(code, kernel: name, arguments: arguments) }
        launches += 1
        if kernel.workGroup == nil { kernel.workGroup = local }
        // Some drivers begin only when told to. Now and then is enough: the queue never runs dry for long.
        if launches % 64 == 0 { try context.check(context.library.clFlush(context.queue), "clFlush") }
    }

    /// Enqueues a kernel built on `CHUNK_LOOP` of Common/Vector.h.
    ///
    /// - Parameter count: elements to go over.
    func launchChunks(
        _ name: String, in file: String, definitions: Definitions = [:], count: Int, arguments: [KernelArgument]
    ) throws {
        let geometry = programs.geometry
        let items = count.dividedRoundingUp(by: geometry.chunk)
        let groups = items.dividedRoundingUp(by: geometry.chunkItems)
        try launch(
            name, in: file, definitions: definitions, global: [groups * geometry.chunkItems],
            local: [geometry.chunkItems], arguments: arguments)
    }

    /// Enqueues a kernel built on `ROW_LOOP` of Common/Row.h. The kernel's arguments must end with the number of rows and
    /// the rows of a group, both `int`, which are added here.
    ///
    /// - Parameter elementsPerRow: what a row costs, so that a work-group of a CPU takes enough of them to be worth it.
    func launchRows(
        _ name: String, in file: String, definitions: Definitions = [:], rows: Int, elementsPerRow: Int,
        arguments: [KernelArgument]
    ) throws {
        let geometry = programs.geometry
        let rowsPerGroup = max(1, geometry.chunk / max(1, elementsPerRow))
        try launch(
            name, in: file, definitions: definitions,
            global: [rows.dividedRoundingUp(by: rowsPerGroup) * geometry.rowItems], local: [geometry.rowItems],
            arguments: arguments + [.int(rows), .int(rowsPerGroup)])
    }

    /// The device memory of one of this backend's own tensors.
    ///
    /// - Throws: `TensorError.foreignTensor`.
    func buffer(of tensor: Tensor, operation: @autoclosure () -> String) throws -> OpenCLBuffer {
        // Faster than `as?`, and this is done for every argument of every launch.
        guard type(of: tensor.storage) == OpenCLBuffer.self else {
            throw TensorError.foreignTensor(operation: operation(), backend: device.identifier)
        }
        let buffer = unsafeDowncast(tensor.storage, to: OpenCLBuffer.self)
        guard buffer.pool === pool else {
            throw TensorError.foreignTensor(operation: operation(), backend: device.identifier)
        }
        return buffer
    }

    /// What a profile calls the problem of a kernel that says nothing of it itself.
    private static func shape(ofLargest arguments: [KernelArgument]) -> String {
        let tensors = arguments.compactMap { if case .tensor(let tensor) = $0 { tensor } else { nil } }
        return tensors.max { $0.count < $1.count }?.shape.description ?? ""
    }

    private func set(_ argument: KernelArgument, of kernel: Kernel, at position: inout Int) throws {
        switch argument {
        case .tensor(let tensor):
            try set(try buffer(of: tensor, operation: kernel.name).memory.object, of: kernel, at: &position)
            try set(cl_ulong(tensor.offset), of: kernel, at: &position)
        case .int(let value):
            guard let value = cl_int(exactly: value) else {
                throw TensorError.unsupported(
                    operation: kernel.name, problem: "\(value) does not fit 32 bits: the tensors are too large",
                    device: device.name)
            }
            try set(value, of: kernel, at: &position)
        case .bits(let value):
            try set(value, of: kernel, at: &position)
        case .float(let value):
            try set(value, of: kernel, at: &position)
        case .local(let bytes):
            try check(
                context.library.clSetKernelArg(kernel.kernel, cl_uint(position), bytes, nil), "clSetKernelArg", kernel)
            position += 1
        }
    }

    private func set<Value: BitwiseCopyable>(_ value: Value, of kernel: Kernel, at position: inout Int) throws {
        let code = withUnsafeBytes(of: value) {
            context.library.clSetKernelArg(kernel.kernel, cl_uint(position), $0.count, $0.baseAddress)
        }
        try check(code, "clSetKernelArg", kernel)
        position += 1
    }

    private func check(_ code: cl_int, _ call: String, _ kernel: Kernel) throws {
        guard code != CL_SUCCESS else { return }
        throw OpenCLError.callFailed(call: call, code: code, kernel: kernel.name, device: device.name)
    }

    /// Drivers that allocate at the first use report a lack of memory here.
    private func launchError(_ code: cl_int, kernel: String, arguments: [KernelArgument]) -> any Error {
        guard code == CL_MEM_OBJECT_ALLOCATION_FAILURE else {
            return OpenCLError.callFailed(
                call: "clEnqueueNDRangeKernel", code: code, kernel: kernel, device: device.name)
        }
        let needed = arguments.reduce(0) { sum, argument in
            if case .tensor(let tensor) = argument { sum + tensor.byteCount } else { sum }
        }
        return pool.outOfMemory(neededBytes: needed)
    }
}
