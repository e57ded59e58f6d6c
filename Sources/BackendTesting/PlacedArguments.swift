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
                let surroundings = try backend.tensor(try Guard.surround(host))
                placed[argument.name] = Placed(
                    argument: argument, host: host,
                    tensor: try surroundings.view(at: Guard.elementsBefore, shape: host.shape),
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
                let problem = Guard.damage(of: try backend.read(surroundings), around: entry.host)
            {
                damages.append("\(name): \(problem)")
            }
        }
        return damages
    }
}

/// Guard zones: elements before and after a tensor that nobody may read (they are NaN, or a huge index) or write.
enum Guard {
    /// Odd, so that no vector load finds its usual alignment.
    static let elementsBefore = 67
    static let elementsAfter = 61

    static func surround(_ host: HostTensor) throws -> HostTensor {
        let element = pattern(host.elementType)
        let count = elementsBefore + host.shape.count + elementsAfter
        let before = [[UInt8]](repeating: element, count: elementsBefore).flatMap { $0 }
        let after = [[UInt8]](repeating: element, count: elementsAfter).flatMap { $0 }
        return try HostTensor(
            shape: [count], elementType: host.elementType, bytes: before + host.bytes + after)
    }

    /// What is wrong with the zones around a tensor; nil if they are untouched.
    static func damage(of surroundings: HostTensor, around host: HostTensor) -> String? {
        let element = pattern(host.elementType)
        let size = element.count
        let end = elementsBefore + host.shape.count
        func isTouched(_ index: Int) -> Bool {
            Array(surroundings.bytes[index * size..<(index + 1) * size]) != element
        }
        if let index = (0..<elementsBefore).last(where: isTouched) {
            return "element \(index - elementsBefore), before the first, was overwritten"
        }
        if let index = (end..<end + elementsAfter).first(where: isTouched) {
            return "element \(index - elementsBefore), after the last, was overwritten"
        }
        return nil
    }

    /// A NaN that no arithmetic makes, an index far outside every tensor, a byte.
    private static func pattern(_ type: ElementType) -> [UInt8] {
        switch type {
        case .float32: withUnsafeBytes(of: Float(nan: 0x1234, signaling: false)) { Array($0) }
        case .int32: withUnsafeBytes(of: Int32(0x7EAD_BEEF)) { Array($0) }
        case .uint8: [0xA5]
        }
    }
}
