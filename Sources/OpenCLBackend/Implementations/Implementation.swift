import Tensors

/// One way to perform an operation with kernels.
protocol Implementation<Problem, Operands>: Sendable {
    /// Describes what is to be computed, without the data.
    associatedtype Problem
    /// The data, and where the result goes.
    associatedtype Operands

    /// What tests and tuning call it; unique in its list.
    var name: String { get }

    /// The family of devices that it is made for; nil for any. It gives right results on the other family too.
    var family: OpenCLDevice.Family? { get }

    /// Whether it can compute this problem on this device.
    func accepts(_ problem: Problem, on device: OpenCLDevice) -> Bool

    /// Enqueues the kernels. Called only for problems that it accepts.
    func enqueue(_ problem: Problem, _ operands: Operands, on backend: OpenCLBackend) throws
}

/// The ways to perform one operation, the best first: the first that is made for the device and accepts the problem is
/// taken, unless the backend was told to use another.
struct ImplementationList<Problem, Operands>: Sendable {
    /// The operation's name in the protocol.
    let operation: String
    let implementations: [any Implementation<Problem, Operands>]

    /// Performs the operation.
    ///
    /// - Throws: `TensorError.unsupported` if the implementation that the backend was told to use does not accept the
    ///   problem.
    func enqueue(_ problem: Problem, _ operands: Operands, on backend: OpenCLBackend) throws {
        let preferred = backend.preferredImplementations[operation]
        let chosen = implementations.first {
            (preferred.map($0.isCalled) ?? $0.isMade(for: backend.hardware.family))
                && $0.accepts(problem, on: backend.hardware)
        }
        guard let chosen else {
            throw TensorError.unsupported(
                operation: operation,
                problem: (preferred.map { "its implementation \($0) does not accept" } ?? "no implementation accepts")
                    + " \(problem)",
                device: backend.hardware.name)
        }
        backend.profiler?.begin("\(operation) \(problem)")
        defer { backend.profiler?.end() }
        try chosen.enqueue(problem, operands, on: backend)
    }
}

extension Implementation {
    fileprivate func isCalled(_ name: String) -> Bool { name == self.name }

    fileprivate func isMade(for device: OpenCLDevice.Family) -> Bool { family == nil || family == device }
}

extension OpenCLBackend {
    /// The implementations to choose from, by operation, in order of preference. Pass one to
    /// ``init(device:preferredImplementations:)`` to have the operation always performed by it.
    public static let implementationNames: [String: [String]] = Dictionary(
        uniqueKeysWithValues: [
            Convolution2DImplementations.forward.names, Convolution2DImplementations.inputGradient.names,
            Convolution2DImplementations.filterGradient.names, GemmImplementations.list.names,
        ])

    /// - Throws: `TensorError.invalidArgument` if there is no such operation or implementation.
    static func checkNames(_ preferredImplementations: [String: String]) throws {
        for (operation, name) in preferredImplementations.sorted(by: <) {
            let names = implementationNames[operation]
            guard let names, names.contains(name) else {
                let known = names.map { "\(operation) has \($0.joined(separator: ", "))" }
                throw TensorError.invalidArgument(
                    operation: "OpenCLBackend",
                    problem: "no implementation \"\(name)\" of \(operation): "
                        + (known ?? "only \(implementationNames.keys.sorted().joined(separator: ", ")) have several"))
            }
        }
    }
}

extension ImplementationList {
    fileprivate var names: (String, [String]) { (operation, implementations.map(\.name)) }
}
