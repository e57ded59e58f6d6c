import Tensors

/// Takes a saved state apart, tensor by tensor, and notices what is missing, misshapen or left over.
package struct StateReader {
    private var remaining: [String: HostTensor]

    init(_ state: [String: HostTensor]) {
        remaining = state
    }

    /// The tensor of that name.
    ///
    /// - Throws: `MethodError.invalidState` if there is none of this shape and element type.
    mutating func take(_ name: String, _ shape: Shape, _ elementType: ElementType) throws -> HostTensor {
        guard let tensor = remaining.removeValue(forKey: name) else {
            throw MethodError.invalidState(name: name, problem: "is missing")
        }
        guard tensor.shape == shape, tensor.elementType == elementType else {
            throw MethodError.invalidState(
                name: name,
                problem: "is \(tensor.shape) \(tensor.elementType.rawValue), must be \(shape) \(elementType.rawValue)")
        }
        return tensor
    }

    /// Writes the tensor of that name into one of the same shape and element type.
    ///
    /// - Throws: `MethodError.invalidState` if there is none, or it is not made of finite numbers.
    mutating func take(_ name: String, into tensor: Tensor, on backend: any Backend) throws {
        let saved = try take(name, tensor.shape, tensor.elementType)
        guard saved.floats.allSatisfy(\.isFinite) else {
            throw MethodError.invalidState(name: name, problem: "has numbers that are not finite")
        }
        try saved.bytes.withUnsafeBytes { try backend.write($0, into: tensor) }
    }

    /// - Throws: `MethodError.invalidState` if something was not taken.
    func finish() throws {
        if let name = remaining.keys.min() {
            throw MethodError.invalidState(name: name, problem: "is not one of this method's")
        }
    }
}
