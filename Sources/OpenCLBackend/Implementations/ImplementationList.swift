import Tensors

/// The ways to perform one operation, the best first: the first that is made for the device and accepts the problem is
/// taken, unless measuring has found another to be faster, or the backend was told to use another.
struct ImplementationList<Problem: Hashable & Sendable, Operands>: Sendable {
    /// The operation's name in the protocol.
    let operation: String
    let implementations: [any Implementation<Problem, Operands>]

    /// The implementations' names in their order.
    var names: [String] { implementations.map(\.name) }

    /// Performs the operation.
    ///
    /// - Throws: `TensorError.unsupported` if the implementation that the backend was told to use does not accept the
    ///   problem.
    func enqueue(_ problem: Problem, _ operands: Operands, on backend: OpenCLBackend) throws {
        try enqueue(problem, operands, by: implementation(for: problem, on: backend), on: backend)
    }

    /// Performs the operation by the implementation given.
    func enqueue(
        _ problem: Problem, _ operands: Operands, by implementation: any Implementation<Problem, Operands>,
        on backend: OpenCLBackend
    ) throws {
        backend.profiler?.begin("\(operation) \(problem)")
        defer { backend.profiler?.end() }
        try implementation.enqueue(problem, operands, on: backend)
    }

    /// What performs the operation: the one that the backend was told to use, else the best.
    ///
    /// - Throws: as ``enqueue(_:_:on:)``.
    func implementation(
        for problem: Problem, on backend: OpenCLBackend
    ) throws -> any Implementation<Problem, Operands> {
        if let preferred = backend.preferredImplementations[operation] {
            return try self.preferred(preferred, for: problem, on: backend.hardware)
        }
        return try implementations[
            backend.choices.index(for: problem, of: operation) { try best(for: problem, on: backend) }]
    }

    /// The names of those that are made for the device and accept the problem. The plain reference is among them only if
    /// there is no other: it is there to be right, and takes long to try.
    func candidates(for problem: Problem, on device: OpenCLDevice) -> [String] {
        let names = implementations.filter { $0.suits(problem, on: device) }.map(\.name)
        return names.count > 1 ? names.filter { $0 != referenceName } : names
    }

    /// The position of the best implementation: the tuned choice, if it still accepts the problem, else the first in the
    /// list that suits.
    private func best(for problem: Problem, on backend: OpenCLBackend) throws -> Int {
        let tuned = backend.tuning?.implementation(of: operation, for: "\(problem)")
        let device = backend.hardware
        let index =
            implementations.firstIndex { $0.name == tuned && $0.accepts(problem, on: device) }
            ?? implementations.firstIndex { $0.suits(problem, on: device) }
        guard let index else {
            throw TensorError.unsupported(
                operation: operation, problem: "no implementation accepts \(problem)", device: device.name)
        }
        return index
    }

    private func preferred(
        _ name: String, for problem: Problem, on device: OpenCLDevice
    ) throws -> any Implementation<Problem, Operands> {
        let implementation = implementations.first { $0.name == name && $0.accepts(problem, on: device) }
        guard let implementation else {
            throw TensorError.unsupported(
                operation: operation, problem: "its implementation \(name) does not accept \(problem)",
                device: device.name)
        }
        return implementation
    }
}

/// What the implementation is called that does an operation as its definition says.
let referenceName = "reference"

extension Implementation {
    /// Whether it is made for the device and accepts the problem.
    fileprivate func suits(_ problem: Problem, on device: OpenCLDevice) -> Bool {
        (family == nil || family == device.family) && accepts(problem, on: device)
    }
}
