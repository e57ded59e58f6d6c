import ArgumentParser
import CPUBackend
import Foundation
import OpenCLBackend
import Tensors

/// `--device`, for the commands that compute.
struct DeviceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "auto, cpu, opencl, opencl:INDEX or opencl:NAME (see `equipoise devices`).", valueName: "device"))
    var device = DeviceRequest.automatic
}

/// What `--device` asks for.
enum DeviceRequest: Equatable, ExpressibleByArgument, CustomStringConvertible {
    /// The fastest, as far as can be told quickly.
    case automatic
    case cpu
    /// The best OpenCL device, whatever its kind.
    case openCL
    /// By index or by a part of the name.
    case openCLDevice(String)

    init?(argument: String) {
        switch argument {
        case "auto": self = .automatic
        case "cpu": self = .cpu
        case "opencl": self = .openCL
        default:
            guard argument.hasPrefix("opencl:"), argument != "opencl:" else { return nil }
            self = .openCLDevice(String(argument.dropFirst("opencl:".count)))
        }
    }

    /// The device of that identifier and name, as a run's log has them; nil if it is not there, or has another number now.
    init?(ofPresentDevice text: String) {
        if text.hasPrefix("cpu ") {
            self = .cpu
        } else if let device = OpenCLDevice.all().first(where: { $0.summary == text }) {
            self = .openCLDevice(String(device.index))
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .automatic: "auto"
        case .cpu: "cpu"
        case .openCL: "opencl"
        case .openCLDevice(let request): "opencl:\(request)"
        }
    }

    var defaultValueDescription: String { description }

    /// The backend asked for, and why this one.
    ///
    /// - Throws: `OpenCLError` if there is no such device or it cannot be used.
    func backend() throws -> (backend: any Backend, reason: String) {
        switch self {
        case .automatic: try AutomaticDevice.choose()
        case .cpu: (CPUBackend(), "asked for")
        case .openCL:
            (
                try OpenCLBackend(device: AutomaticDevice.bestOpenCLDevice()),
                "the best OpenCL device"
            )
        case .openCLDevice(let request):
            (try OpenCLBackend(device: OpenCLDevice.select(request)), "asked for")
        }
    }

    /// The backend asked for, with measured choices where there are some for its device.
    ///
    /// - Parameter isProfiling: whether it is made to time its kernels.
    /// - Throws: `CommandError` if kernels are to be timed on a device that has none; `TuningError`.
    func backend(
        tuning: TuningRequest, isProfiling: Bool = false
    ) throws -> (backend: any Backend, reason: String) {
        let (backend, reason) = try backend()
        guard let openCL = backend as? OpenCLBackend else {
            guard !isProfiling else {
                throw CommandError("--profile times OpenCL kernels; choose an OpenCL device with --device")
            }
            return (backend, reason)
        }
        let tuning = try tuning.tuning(for: openCL.hardware)
        guard tuning != nil || isProfiling else { return (backend, reason) }
        let tuned = try OpenCLBackend(device: openCL.hardware, tuning: tuning, isProfiling: isProfiling)
        return (tuned, tuning == nil ? reason : "\(reason), with measured choices")
    }
}
