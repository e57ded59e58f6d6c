import Tensors

/// One tensor that a row passes to its operation: how large it is, what it holds, and what happens to it.
public struct Argument: Sendable {
    /// What the operation does with the tensor.
    public enum Role: Hashable, Sendable {
        /// Read only: it must come back unchanged.
        case input
        /// Changed in place: it is a result too.
        case updated
        /// Written only: it is filled with NaN beforehand, and it is a result.
        case destination
    }

    let name: String
    let shape: Shape
    let role: Role
    let filling: Filling

    /// A tensor that is only read.
    static func input(_ name: String, _ shape: Shape, _ filling: Filling = .uniform(-1...1)) -> Argument {
        Argument(name: name, shape: shape, role: .input, filling: filling)
    }

    /// A tensor that the operation changes in place.
    static func updated(_ name: String, _ shape: Shape, _ filling: Filling = .uniform(-1...1)) -> Argument {
        Argument(name: name, shape: shape, role: .updated, filling: filling)
    }

    /// A tensor that the operation only writes.
    static func destination(_ name: String, _ shape: Shape) -> Argument {
        Argument(name: name, shape: shape, role: .destination, filling: .constant(.nan))
    }
}

extension [Argument] {
    /// The host's copy of each argument, by name.
    ///
    /// - Parameter row: names the streams.
    func filled(for row: String) throws -> [String: HostTensor] {
        // FNV-1a: a hash that is the same in every process.
        let seed = row.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        var filled: [String: HostTensor] = [:]
        for (index, argument) in enumerated() {
            var generator = PhiloxGenerator(
                RandomStream(seed: seed, purpose: .testing, sample: UInt32(truncatingIfNeeded: index)))
            filled[argument.name] = try argument.filling.make(argument.shape, &generator, filled)
        }
        return filled
    }
}
