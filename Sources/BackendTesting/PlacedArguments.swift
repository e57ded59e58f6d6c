import Tensors

/// A row's arguments on a device.
struct PlacedArguments {
    /// Where the tensors lie.
    enum Placement {
        /// Each in memory of its own.
        case plain
        /// Each is a view inside a larger tensor, at an odd offset, with NaN before and after it.
        case guarded
    }

    private let placed: [String: Placed]

    /// An argument and the larger tensor that it may be a view of.
    private struct Placed {
        let argument: Argument
        let host: HostTensor
        let tensor: Tensor
        let surroundings: Tensor?
    }

    init(
        _ arguments: [Argument], filledWith hosts: [String: HostTensor], on backend: any Backend, placement: Placement
    ) throws {
        var placed: [String: Placed] = [:]
        for argument in arguments {
            guard let host = hosts[argument.name] else { continue }
            switch placement {
            case .plain:
                placed[argument.name] = Placed(
                    argument: argument, host: host, tensor: try backend.tensor(host), surroundings: nil)
            case .guarded:
                let surroundings = try backend.tensor(try GuardZones.surround(host))
                placed[argument.name] = Placed(
                    argument: argument, host: host,
                    tensor: try surroundings.view(at: GuardZones.elementsBefore, shape: host.shape),
                    surroundings: surroundings)
            }
        }
        self.placed = placed
    }

    /// The tensor of the argument `name`.
    subscript(name: String) -> Tensor {
        get throws {
            guard let tensor = placed[name]?.tensor else {
                throw TensorError.invalidArgument(operation: "row", problem: "there is no argument \"\(name)\"")
            }
            return tensor
        }
    }

    /// The arguments that are results too.
    var results: [String: Tensor] {
        placed.filter { $0.value.argument.role != .input }.mapValues(\.tensor)
    }

    /// One line for each guard zone that was written to and each input that was changed.
    func damages(on backend: any Backend) throws -> [String] {
        var damages: [String] = []
        for (name, entry) in placed.sorted(by: { $0.key < $1.key }) {
            if entry.argument.role == .input, try backend.read(entry.tensor).bytes != entry.host.bytes {
                damages.append("the input \(name) was changed")
            }
            if let surroundings = entry.surroundings,
                let problem = GuardZones.damage(of: try backend.read(surroundings), around: entry.host)
            {
                damages.append("\(name): \(problem)")
            }
        }
        return damages
    }
}
