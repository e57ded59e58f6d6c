import Tensors

/// Kernels: Pointwise/functions.cl, Pointwise/scaling.cl. One launch each.
extension OpenCLBackend: PointwiseOperations {
    /// 8 bytes an element move; the functions are the device's own, in float32.
    public func unary(_ operation: UnaryOperation, _ input: Tensor) throws -> Tensor {
        try Expect.elementType(input, .float32, "the input", operation: operation.rawValue)
        let output = try makeTensor(input.shape, .float32)
        try launchChunks(
            "unary", in: "Pointwise/functions.cl", count: input.count,
            arguments: [.tensor(input), .tensor(output), .int(input.count), .int(number(of: operation))])
        return output
    }

    /// 12 bytes an element move, 8 where the second operand is repeated; one kernel for each way to repeat it.
    public func binary(_ operation: BinaryOperation, _ first: Tensor, _ second: Tensor) throws -> Tensor {
        let name = operation.rawValue
        let file = "Pointwise/functions.cl"
        let broadcast = try Broadcast(first: first.shape, second: second.shape, operation: name)
        try Expect.activations(first, "the first operand", operation: name)
        try Expect.elementType(
            second, broadcast == .elementwise ? first.elementType : .float32, "the second operand", operation: name)
        let output = try makeTensor(first.shape, first.elementType)
        let definitions = Definitions(storing: first.elementType)
        let operands: [KernelArgument] = [.tensor(first), .tensor(second), .tensor(output)]
        let operation = KernelArgument.int(number(of: operation))
        let shape = first.shape
        switch broadcast {
        case .elementwise:
            try launchChunks(
                "binaryElementwise", in: file, definitions: definitions, count: shape.count,
                arguments: operands + [.int(shape.count), operation])
        case .scalar:
            try launchChunks(
                "binaryScalar", in: file, definitions: definitions, count: shape.count,
                arguments: operands + [.int(shape.count), operation])
        case .row:
            try launchRows(
                "binaryRow", in: file, definitions: definitions, rows: shape.rows, elementsPerRow: shape.columns,
                arguments: operands + [.int(shape.columns), operation])
        case .column:
            try launchRows(
                "binaryColumn", in: file, definitions: definitions, rows: shape.rows, elementsPerRow: shape.columns,
                arguments: operands + [.int(shape.columns), operation])
        }
        return output
    }

    /// 6 bytes an element move.
    public func convert(_ input: Tensor, to elementType: ElementType) throws -> Tensor {
        try Expect.activations(input, "the input", operation: "convert")
        let output = try makeTensor(input.shape, elementType)
        try Expect.activations(output, "the output", operation: "convert")
        guard input.elementType != elementType else {
            try copy(input, into: output)
            return output
        }
        try launchChunks(
            elementType == .float16 ? "storeAsActivations" : "loadFromActivations", in: "Pointwise/scaling.cl",
            definitions: Definitions(storing: .float16), count: input.count,
            arguments: [.tensor(input), .tensor(output), .int(input.count)])
        return output
    }

    /// 8 bytes an element move; the product is rounded before the shift is added.
    public func affine(_ input: Tensor, scale: Float, shift: Float) throws -> Tensor {
        try Expect.elementType(input, .float32, "the input", operation: "affine")
        let output = try makeTensor(input.shape, .float32)
        try launchChunks(
            "affine", in: "Pointwise/scaling.cl", count: input.count,
            arguments: [.tensor(input), .tensor(output), .int(input.count), .float(scale), .float(shift)])
        return output
    }

    /// 12 bytes an element move; the product is rounded before it is added.
    public func accumulate(_ input: Tensor, scale: Float, into destination: Tensor) throws {
        try Expect.sameElements(input, destination, "input and destination", operation: "accumulate")
        try Expect.elementType(input, .float32, "the input", operation: "accumulate")
        try launchChunks(
            "accumulate", in: "Pointwise/scaling.cl", count: input.count,
            arguments: [.tensor(input), .tensor(destination), .int(input.count), .float(scale)])
    }

    /// 8 bytes an element move.
    public func leakyReLU(_ input: Tensor, negativeSlope: Float) throws -> Tensor {
        try Expect.activations(input, "the input", operation: "leakyReLU")
        let output = try makeTensor(input.shape, input.elementType)
        try launchChunks(
            "leakyReLU", in: "Pointwise/scaling.cl", definitions: Definitions(storing: input.elementType),
            count: input.count,
            arguments: [.tensor(input), .tensor(output), .int(input.count), .float(negativeSlope)])
        return output
    }

    /// 12 bytes an element move.
    public func leakyReLUGradient(_ outputGradient: Tensor, input: Tensor, negativeSlope: Float) throws -> Tensor {
        let operation = "leakyReLUGradient"
        try Expect.activations(input, "the input", operation: operation)
        try Expect.activations(outputGradient, input.shape, as: input, "the output gradient", operation: operation)
        let inputGradient = try makeTensor(input.shape, input.elementType)
        try launchChunks(
            "leakyReLUGradient", in: "Pointwise/scaling.cl", definitions: Definitions(storing: input.elementType),
            count: input.count,
            arguments: [
                .tensor(outputGradient), .tensor(input), .tensor(inputGradient), .int(input.count),
                .float(negativeSlope),
            ])
        return inputGradient
    }

    /// As Pointwise/functions.cl numbers them.
    private func number(of operation: UnaryOperation) -> Int {
        switch operation {
        case .exponential: 0
        case .logarithm: 1
        case .squareRoot: 2
        }
    }

    /// As Pointwise/functions.cl numbers them.
    private func number(of operation: BinaryOperation) -> Int {
        switch operation {
        case .add: 0
        case .subtract: 1
        case .multiply: 2
        case .divide: 3
        case .minimum: 4
        case .maximum: 5
        case .power: 6
        case .greaterOrEqual: 7
        }
    }
}
