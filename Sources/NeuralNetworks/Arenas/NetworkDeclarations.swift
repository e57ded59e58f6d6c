import Tensors

/// A tensor that a network needs: its name in files, its shape on the device, and its first values.
public struct TensorDeclaration: Hashable, Sendable {
    /// The name in files: `block1.layer.0.conv1.weight`.
    public let name: String
    /// The shape on the device.
    public let shape: Shape
    /// How files differ from the device.
    public let fileLayout: FileLayout
    /// The first values.
    public let initialization: Initialization
    /// How many tensors of the network were declared before: names the random stream of the first values, so that what
    /// is declared later changes nothing here.
    public let ordinal: Int

    /// The shape in files.
    public var fileShape: Shape { fileLayout.fileShape(of: shape) }
}

/// What the layers of a network declare, in order, before its arenas are made.
public struct NetworkDeclarations: Hashable, Sendable {
    /// Weights of convolutions and linear layers: weight decay always applies.
    public private(set) var weights: [TensorDeclaration] = []
    /// Scales and shifts of batch normalization and all biases: some recipes spare them weight decay.
    public private(set) var scalesAndBiases: [TensorDeclaration] = []
    /// Running statistics.
    public private(set) var buffers: [TensorDeclaration] = []

    /// No tensors yet.
    public init() {}

    /// Declares a convolution's filter `[R, S, Cin, Cout]`.
    public mutating func filter(_ name: String, _ shape: Shape, _ initialization: Initialization) {
        weights.append(declaration(name, shape, .filter, initialization))
    }

    /// Declares a linear layer's weight `[out, in]`.
    public mutating func weight(_ name: String, _ shape: Shape, _ initialization: Initialization) {
        weights.append(declaration(name, shape, .same, initialization))
    }

    /// Declares a bias, or a scale or shift of batch normalization.
    public mutating func scaleOrBias(_ name: String, _ shape: Shape, _ initialization: Initialization) {
        scalesAndBiases.append(declaration(name, shape, .same, initialization))
    }

    /// Declares a running statistic that starts at `value`.
    public mutating func buffer(_ name: String, _ shape: Shape, startingAt value: Float) {
        buffers.append(declaration(name, shape, .same, .constant(value)))
    }

    private func declaration(
        _ name: String, _ shape: Shape, _ fileLayout: FileLayout, _ initialization: Initialization
    ) -> TensorDeclaration {
        TensorDeclaration(
            name: name, shape: shape, fileLayout: fileLayout, initialization: initialization,
            ordinal: weights.count + scalesAndBiases.count + buffers.count)
    }
}
