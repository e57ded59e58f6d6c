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

    /// - Throws: `MethodError.invalidState` if something was not taken.
    func finish() throws {
        if let name = remaining.keys.min() {
            throw MethodError.invalidState(name: name, problem: "is not one of this method's")
        }
    }
}
