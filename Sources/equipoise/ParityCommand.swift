import ArgumentParser
import BackendTesting
import CPUBackend
import OpenCLBackend
import Tensors

struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Checks every operation on the devices against the CPU backend.",
        discussion: """
            Without --device every OpenCL device is checked. The exit code is 1 if a check failed.

            Example: equipoise parity --device opencl:0 --only convolution2D
            """)

    @Option(help: "cpu, opencl, opencl:INDEX or opencl:NAME; all OpenCL devices if it is not given.")
    var device: DeviceRequest?

    @Option(help: "\(Suite.small.rawValue) or \(Suite.standard.rawValue).")
    var suite = Suite.standard

    @Option(help: "Only rows whose name contains this text.")
    var only: String?

    @Option(
        help: ArgumentHelp(
            "The kernels made for the other family of devices, instead of the device's own: cpuLike or gpuLike.",
            valueName: "family"))
    var family: OpenCLDevice.Family?

    @Option(
        help: ArgumentHelp(
            "How to perform an operation, instead of the device's choice. May be repeated.",
            valueName: "operation=name"))
    var implementation: [ImplementationRequest] = []

    @Flag(help: "Print every result, not only failures.")
    var verbose = false

    func validate() throws {
        guard suite != .bench else { throw ValidationError("the suite \"bench\" is for `equipoise bench ops`") }
    }

    func run() throws {
        let subjects = try subjects()
        guard !subjects.isEmpty else {
            throw CommandError("there is no OpenCL device to check; install a driver, or name one with --device")
        }
        let runner = ParityRunner(suite, reference: CPUBackend(), subjects: subjects, only: only)
        let results = runner.run { result in
            if verbose || result.isFailure { print(result.line) }
        }
        guard !results.isEmpty else { throw CommandError("no row's name contains \"\(only ?? "")\"") }
        print(ParityTable(results))
        let failures = results.count(where: \.isFailure)
        print(failures == 0 ? "all \(results.count) checks passed" : "\(failures) of \(results.count) checks failed")
        if failures > 0 { throw ExitCode.failure }
    }

    private func subjects() throws -> [Subject] {
        let backends: [any Backend] =
            try device.map { [try $0.backend().backend] }
            ?? OpenCLDevice.all().map { try OpenCLBackend(device: $0) }
        guard family != nil || !implementation.isEmpty else { return backends.map { Subject($0) } }
        return try backends.map { backend in
            guard var hardware = (backend as? OpenCLBackend)?.hardware else {
                throw CommandError("--family and --implementation are for OpenCL devices, not for the CPU backend")
            }
            hardware.family = family ?? hardware.family
            let preferred = Dictionary(implementation.map { ($0.operation, $0.name) }, uniquingKeysWith: { $1 })
            return Subject(
                try OpenCLBackend(device: hardware, preferredImplementations: preferred),
                commandLineArguments: "--device \(backend.device.identifier)"
                    + (family.map { " --family \($0.rawValue)" } ?? "")
                    + implementation.map { " --implementation \($0.operation)=\($0.name)" }.joined())
        }
    }
}

/// `gemm=tiles`: the operation and the implementation that performs it.
struct ImplementationRequest: ExpressibleByArgument {
    let operation: String
    let name: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        operation = String(parts[0])
        name = String(parts[1])
    }
}

extension Suite: ExpressibleByArgument {}
extension OpenCLDevice.Family: ExpressibleByArgument {}
