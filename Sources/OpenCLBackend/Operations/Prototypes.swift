import Tensors

/// Kernels: Prototypes/prototypes.cl. One launch each, but for the gradient of the cosines: two.
extension OpenCLBackend: PrototypeOperations {
    private static let kernels = "Prototypes/prototypes.cl"

    /// Each row is read twice: for its norm, and to be scaled.
    public func l2Normalize(_ input: Tensor, epsilon: Float) throws -> Tensor {
        try Expect.matrix(input, "the input", operation: "l2Normalize")
        let (rows, columns) = (input.shape[0], input.shape[1])
        let output = try makeTensor(input.shape, .float32)
        try launchRows(
            "l2Normalize", in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [.tensor(input), .tensor(output), .float(epsilon), .int(columns)])
        return output
    }

    /// Each row is read three times: for its norm, for the part along it, and for the gradient.
    public func l2NormalizeGradient(_ outputGradient: Tensor, input: Tensor, epsilon: Float) throws -> Tensor {
        let operation = "l2NormalizeGradient"
        try Expect.floats(outputGradient, input.shape, "the output gradient", operation: operation)
        try Expect.matrix(input, "the input", operation: operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        let inputGradient = try makeTensor(input.shape, .float32)
        try launchRows(
            operation, in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [
                .tensor(outputGradient), .tensor(input), .tensor(inputGradient), .float(epsilon), .int(columns),
            ])
        return inputGradient
    }

    /// Each pair of a feature and a prototype computes both norms anew, for less than another launch costs.
    public func cosineSimilarityToPrototypes(
        _ features: Tensor, prototypes: Tensor, temperature: Float
    ) throws -> Tensor {
        let operation = "cosineSimilarityToPrototypes"
        try Expect.matrix(features, "the features", operation: operation)
        let (rows, width) = (features.shape[0], features.shape[1])
        let classes = try expectPrototypes(prototypes, width: width, temperature, operation)
        let logits = try makeTensor([rows, classes], .float32)
        try launchRows(
            "cosineSimilarity", in: Self.kernels, rows: rows * classes, elementsPerRow: width,
            arguments: [
                .tensor(features), .tensor(prototypes), .tensor(logits), .float(temperature), .int(classes),
                .int(width),
            ])
        return logits
    }

    /// The first launch computes the prototypes' inverse norms, the second the gradients.
    public func cosineSimilarityToPrototypesGradient(
        _ logitsGradient: Tensor, features: Tensor, prototypes: Tensor, temperature: Float
    ) throws -> Tensor {
        let operation = "cosineSimilarityToPrototypesGradient"
        try Expect.matrix(features, "the features", operation: operation)
        let (rows, width) = (features.shape[0], features.shape[1])
        let classes = try expectPrototypes(prototypes, width: width, temperature, operation)
        try Expect.floats(logitsGradient, [rows, classes], "the logits gradient", operation: operation)
        let prototypeScales = try makeTensor([classes], .float32)
        try launchRows(
            "inverseNorms", in: Self.kernels, rows: classes, elementsPerRow: width,
            arguments: [.tensor(prototypes), .tensor(prototypeScales), .int(width)])
        let featuresGradient = try makeTensor(features.shape, .float32)
        try launchRows(
            "cosineSimilarityGradient", in: Self.kernels, rows: rows, elementsPerRow: classes * width,
            arguments: [
                .tensor(logitsGradient), .tensor(features), .tensor(prototypes), .tensor(prototypeScales),
                .tensor(featuresGradient), .float(temperature), .int(classes), .int(width),
            ])
        return featuresGradient
    }

    /// Checks prototypes and temperature; the number of classes.
    private func expectPrototypes(
        _ prototypes: Tensor, width: Int, _ temperature: Float, _ operation: String
    ) throws -> Int {
        try Expect.matrix(prototypes, "the prototypes", operation: operation)
        let classes = prototypes.shape[0]
        try Expect.positive(classes, "the number of prototypes", operation: operation)
        try Expect.shape(prototypes, [classes, width], "the prototypes", operation: operation)
        try Expect.positive(temperature, "the temperature", operation: operation)
        return classes
    }
}
