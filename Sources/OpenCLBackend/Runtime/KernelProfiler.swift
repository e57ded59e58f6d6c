import COpenCL

/// How long the launches of one kernel on problems of one kind took.
public struct KernelTime: Hashable, Sendable {
    /// The kernel's name.
    public let kernel: String
    /// The problem of the operation that launched it, or the shape of its largest tensor.
    public let problem: String
    /// How often it ran.
    public internal(set) var launches = 0
    /// How long it ran, all launches together: from the first work-item's start to the last one's end.
    public internal(set) var seconds = 0.0
}

/// Times kernels by the events of a profiling queue. A backend that was not asked for a profile has none of this.
final class KernelProfiler {
    private struct Key: Hashable {
        let kernel: String
        let problem: String
    }
    private struct Launch {
        let key: Key
        let event: cl_event
    }

    private let context: OpenCLContext
    private var problem: String?
    private var pending: [Launch] = []

    init(context: OpenCLContext) {
        self.context = context
    }

    deinit {
        for launch in pending { _ = context.library.clReleaseEvent(launch.event) }
    }

    /// The launches that follow belong to this problem.
    func begin(_ problem: String) { self.problem = problem }

    /// The launches that follow belong to no problem that is known.
    func end() { problem = nil }

    /// Enqueues a kernel by a function that takes the event to fill in and returns its status, which is handed on.
    ///
    /// - Parameter shape: what the problem is called if no operation has begun one.
    func record(
        kernel: String, of shape: () -> String, _ enqueue: (OpenCLLibrary.NewEvent?) -> cl_int
    ) -> cl_int {
        var event: cl_event?
        let code = enqueue(&event)
        if code == CL_SUCCESS, let event {
            pending.append(Launch(key: Key(kernel: kernel, problem: problem ?? shape()), event: event))
        }
        return code
    }

    /// The times since the last call, longest first. Waits for the device.
    func take() throws -> [KernelTime] {
        try context.finish()
        defer {
            for launch in pending { _ = context.library.clReleaseEvent(launch.event) }
            pending = []
        }
        var times: [Key: KernelTime] = [:]
        for launch in pending {
            let nanoseconds = try time(launch.event, CL_PROFILING_COMMAND_END)
                .subtractingReportingOverflow(try time(launch.event, CL_PROFILING_COMMAND_START))
            var sum = times[launch.key] ?? KernelTime(kernel: launch.key.kernel, problem: launch.key.problem)
            sum.launches += 1
            // Some drivers give zeros or times out of order for commands that took no time.
            sum.seconds += nanoseconds.overflow ? 0 : Double(nanoseconds.partialValue) * 1e-9
            times[launch.key] = sum
        }
        return times.values.sorted { ($0.seconds, $1.kernel) > ($1.seconds, $0.kernel) }
    }

    private func time(_ event: cl_event, _ moment: Int32) throws -> cl_ulong {
        var nanoseconds: cl_ulong = 0
        let code = context.library.clGetEventProfilingInfo(
            event, cl_profiling_info(moment), MemoryLayout<cl_ulong>.size, &nanoseconds, nil)
        try context.check(code, "clGetEventProfilingInfo")
        return nanoseconds
    }
}

extension OpenCLBackend {
    /// How long each kernel has run since the last call, longest first; empty unless the backend was made to profile.
    /// Waits for the device.
    ///
    /// - Throws: `OpenCLError.callFailed`.
    public func takeProfile() throws -> [KernelTime] {
        try profiler?.take() ?? []
    }
}
