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

extension Implementation {
    /// The error for a problem that it does not accept.
    func refusal(of problem: Problem, on backend: OpenCLBackend) -> TensorError {
        .unsupported(
            operation: "implementation \(name)", problem: "it does not accept \(problem)", device: backend.device.name)
    }
}

extension OpenCLBackend {
    /// The implementations to choose from, by operation, in order of preference. Pass one to
    /// its initializer to have the operation always performed by it.
    public static let implementationNames: [String: [String]] = [
        Convolution2DImplementations.forward.operation: Convolution2DImplementations.forward.names,
        Convolution2DImplementations.inputGradient.operation: Convolution2DImplementations.inputGradient.names,
        Convolution2DImplementations.filterGradient.operation: Convolution2DImplementations.filterGradient.names,
        GemmImplementations.list.operation: GemmImplementations.list.names,
    ]

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
