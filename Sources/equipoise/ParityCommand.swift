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

    @Flag(help: "Print every result, not only failures.")
    var verbose = false

    func validate() throws {
        guard suite != .bench else { throw ValidationError("the suite \"bench\" is for `equipoise bench ops`") }
    }

    func run() throws {
        let subjects =
            try device.map { [Subject(try $0.backend().backend)] }
            ?? OpenCLDevice.all().map { Subject(try OpenCLBackend(device: $0)) }
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
}

extension Suite: ExpressibleByArgument {}
