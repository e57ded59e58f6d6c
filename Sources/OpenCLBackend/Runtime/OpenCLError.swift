import COpenCL
import Foundation

/// What can go wrong between the program and an OpenCL device.
public enum OpenCLError: Error, Equatable, Sendable {
    /// A system library could not be opened, or lacks a function.
    case libraryUnavailable(names: [String], reason: String)
    /// No device answers to the request. `available` names those there are.
    case deviceNotFound(request: String, available: [String])
    /// A call failed.
    case callFailed(call: String, code: Int32, kernel: String?, device: String?)
    /// A kernel file does not compile for the device. `log` is what its compiler said, shortened.
    case buildFailed(file: String, options: String, device: String, log: String)
    /// A kernel file, or one that it includes, does not exist.
    case kernelFileNotFound(path: String)
    /// A kernel was given another number of arguments than it has: a mistake in this program.
    case argumentCountMismatch(kernel: String, given: Int, expected: Int)
}

extension OpenCLError: LocalizedError, CustomStringConvertible {
    /// What happened and what to do next, for a person.
    public var description: String {
        switch self {
        case .libraryUnavailable(let names, let reason):
            "cannot open \(names.joined(separator: " or ")): \(reason); install it (on Debian ocl-icd-libopencl1 and a "
                + "driver such as pocl-opencl-icd) or choose the CPU backend"
        case .deviceNotFound(let request, let available) where available.isEmpty:
            "no OpenCL device \"\(request)\": there is no usable OpenCL device here; install a driver or choose the CPU "
                + "backend"
        case .deviceNotFound(let request, let available):
            "no OpenCL device \"\(request)\"; there are: \(available.joined(separator: "; "))"
        case .callFailed(let call, let code, let kernel, let device):
            "\(call) failed with \(openCLErrorName(code))"
                + (kernel.map { " for kernel \($0)" } ?? "") + (device.map { " on \($0)" } ?? "")
        case .buildFailed(let file, let options, let device, let log):
            "kernel file \(file) does not compile on \(device) with options \"\(options)\":\n\(log)"
        case .kernelFileNotFound(let path):
            "there is no kernel file \(path); check the folder that EQUIPOISE_KERNELS names"
        case .argumentCountMismatch(let kernel, let given, let expected):
            "kernel \(kernel) takes \(expected) arguments, not \(given)"
        }
    }

    /// The same text, for Foundation.
    public var errorDescription: String? { description }
}

extension OpenCLError {
    /// The error name of a failed call, such as `CL_INVALID_VALUE`; nil for other errors.
    public var codeName: String? {
        guard case .callFailed(_, let code, _, _) = self else { return nil }
        return openCLErrorName(code)
    }

    /// - Throws: `OpenCLError.callFailed` unless `code` is `CL_SUCCESS`.
    static func check(_ code: cl_int, _ call: @autoclosure () -> String, device: String? = nil) throws {
        guard code != CL_SUCCESS else { return }
        throw OpenCLError.callFailed(call: call(), code: code, kernel: nil, device: device)
    }

    /// The beginning and the end of a compiler's log: the first errors say most, the last lines sum up.
    static func shortened(log: String) -> String {
        let lineLimit = 40
        let lines = log.split(separator: "\n", omittingEmptySubsequences: true).map { String($0.prefix(400)) }
        guard lines.count > lineLimit else { return lines.joined(separator: "\n") }
        let head = lines.prefix(lineLimit * 3 / 4)
        let tail = lines.suffix(lineLimit - head.count)
        let omitted = lines.count - head.count - tail.count
        return (head + ["… \(omitted) lines left out …"] + tail).joined(separator: "\n")
    }
}
