import COpenCL

/// An OpenCL context with one device and one in-order queue. Everything that the backend does goes through the queue, so
/// an operation sees the results of all that were enqueued before it, and memory may be used again as soon as the last
/// operation on it has been enqueued.
final class OpenCLContext {
    let library: OpenCLLibrary
    let device: OpenCLDevice
    let context: cl_context
    let queue: cl_command_queue

    /// - Parameter isProfiling: whether the queue's events tell when their commands ran.
    /// - Throws: `OpenCLError`.
    init(device: OpenCLDevice, isProfiling: Bool) throws {
        library = try OpenCLLibrary.shared.get()
        self.device = device
        // Platform properties end with a zero.
        let contextProperties: [cl_context_properties] = [
            cl_context_properties(CL_CONTEXT_PLATFORM), cl_context_properties(bitPattern: device.platformIdentifier), 0,
        ]
        var identifier: cl_device_id? = device.identifier
        var code: cl_int = 0
        guard let context = library.clCreateContext(contextProperties, 1, &identifier, nil, nil, &code) else {
            throw OpenCLError.callFailed(call: "clCreateContext", code: code, kernel: nil, device: device.name)
        }
        let queueProperties = cl_command_queue_properties(isProfiling ? CL_QUEUE_PROFILING_ENABLE : 0)
        guard let queue = library.clCreateCommandQueue(context, device.identifier, queueProperties, &code) else {
            _ = library.clReleaseContext(context)
            throw OpenCLError.callFailed(call: "clCreateCommandQueue", code: code, kernel: nil, device: device.name)
        }
        self.context = context
        self.queue = queue
    }

    deinit {
        _ = library.clFinish(queue)
        _ = library.clReleaseCommandQueue(queue)
        _ = library.clReleaseContext(context)
    }

    /// - Throws: `OpenCLError.callFailed`, naming this device, unless `code` is `CL_SUCCESS`.
    func check(_ code: cl_int, _ call: @autoclosure () -> String) throws {
        try OpenCLError.check(code, call(), device: device.name)
    }

    /// Waits until everything that was enqueued is done.
    func finish() throws {
        try check(library.clFinish(queue), "clFinish")
    }
}
