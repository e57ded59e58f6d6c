import Tensors

/// All that a network learns, in one flat tensor, and the gradients in a second.
///
/// Weights come first, then the scales and biases that some recipes spare weight decay: an optimizer needs one launch,
/// or two when the ranges are treated differently.
public final class ParameterArena {
    /// Where each parameter lies.
    public let layout: ArenaLayout
    /// Every parameter, `[layout.elementCount]`, gaps included.
    public let values: Tensor
    /// The gradient of every parameter, in the same places.
    public let gradients: Tensor
    /// The elements of weights of convolutions and linear layers; scales and biases follow.
    public let weightRange: Range<Int>
    /// Where the arena lies.
    public let backend: any Backend
    private let variables: [String: Variable]

    /// An arena of what `declarations` names, with first values drawn from `seed`.
    init(_ declarations: NetworkDeclarations, seed: UInt64, on backend: any Backend) throws {
        let layout = ArenaLayout(declarations.weights + declarations.scalesAndBiases)
        let values = try layout.makeInitialValues(seed: seed, on: backend)
        let gradients = try layout.makeZeros(on: backend)
        let firstScale = declarations.weights.count
        self.layout = layout
        self.values = values
        self.gradients = gradients
        self.backend = backend
        weightRange = 0..<(firstScale < layout.entries.count ? layout.entries[firstScale].start : layout.elementCount)
        variables = try Dictionary(
            layout.entries.map { entry in
                (
                    entry.declaration.name,
                    Variable(
                        try layout.view(of: values, for: entry), requiresGradient: true,
                        gradientDestination: try layout.view(of: gradients, for: entry))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The elements of scales and biases.
    public var scaleAndBiasRange: Range<Int> { weightRange.upperBound..<layout.elementCount }

    /// How many numbers are learned, gaps not counted.
    public var parameterCount: Int {
        layout.entries.reduce(0) { $0 + $1.declaration.shape.count }
    }

    /// The parameter of that name, in the device's layout.
    ///
    /// - Throws: `NetworkError.undeclared`.
    public func variable(_ name: String) throws -> Variable {
        guard let variable = variables[name] else { throw NetworkError.undeclared(name: name) }
        return variable
    }

    /// Sets every gradient to zero, in one launch. What a step's loss does not depend on then has gradient zero.
    public func resetGradients() throws {
        try backend.fill(gradients, with: 0)
        variables.values.forEach { $0.resetGradient() }
    }
}
