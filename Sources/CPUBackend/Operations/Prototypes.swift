import Tensors

/// A prototype or feature as short as this has no direction, and counts as zeros.
private let shortestVector = 1e-12

extension CPUBackend {
    /// Norms in double precision.
    public func l2Normalize(_ input: Tensor, epsilon: Float) throws -> Tensor {
        let columns = input.shape.columns
        return try mapRows(input, "the input", begin("l2Normalize")) { _, x, y in
            let scale = inverseNorm(x, columns, shortest: Double(epsilon))
            for d in 0..<columns { y[d] = Float(Double(x[d]) * scale) }
        }
    }

    /// Norms and products in double precision.
    public func l2NormalizeGradient(_ outputGradient: Tensor, input: Tensor, epsilon: Float) throws -> Tensor {
        let operation = begin("l2NormalizeGradient")
        try Expect.floats(outputGradient, input.shape, "the output gradient", operation: operation)
        let gradients = try floats(outputGradient, "the output gradient", operation)
        let columns = input.shape.columns
        return try mapRows(input, "the input", operation) { row, x, result in
            let gradient = gradients + row * columns
            let scale = inverseNorm(x, columns, shortest: Double(epsilon))
            let along = dotProduct(gradient, x, columns) * scale
            for d in 0..<columns {
                result[d] = Float((Double(gradient[d]) - Double(x[d]) * scale * along) * scale)
            }
        }
    }

    /// Norms and products in double precision.
    public func cosineSimilarityToPrototypes(
        _ features: Tensor, prototypes: Tensor, temperature: Float
    ) throws -> Tensor {
        let operation = begin("cosineSimilarityToPrototypes")
        try Expect.matrix(features, "the features", operation: operation)
        let (rows, width) = (features.shape[0], features.shape[1])
        let classes = try expectPrototypes(prototypes, width: width, temperature, operation)
        let z = try floats(features, "the features", operation)
        let c = try floats(prototypes, "the prototypes", operation)
        let (output, logits) = try makeFloats([rows, classes])
        try withScratch(of: Double.self, count: classes) { prototypeScale in
            for k in 0..<classes { prototypeScale[k] = inverseNorm(c + k * width, width, shortest: shortestVector) }
            Parallel.forEachRowRange(of: rows, columns: classes * width) { range in
                for row in range {
                    let z = z + row * width
                    let scale = inverseNorm(z, width, shortest: shortestVector) / Double(temperature)
                    for k in 0..<classes {
                        let cosine = dotProduct(z, c + k * width, width) * prototypeScale[k]
                        logits[row * classes + k] = Float(cosine * scale)
                    }
                }
            }
        }
        return output
    }

    /// The gradient at the unit vector `ẑ` is `g = Σ_k logitsGradient_k ĉ_k / temperature`, and at the feature
    /// `(g − ẑ <g, ẑ>) / |z|`, as in ``l2NormalizeGradient(_:input:epsilon:)``.
    public func cosineSimilarityToPrototypesGradient(
        _ logitsGradient: Tensor, features: Tensor, prototypes: Tensor, temperature: Float
    ) throws -> Tensor {
        let operation = begin("cosineSimilarityToPrototypesGradient")
        try Expect.matrix(features, "the features", operation: operation)
        let width = features.shape[1]
        let classes = try expectPrototypes(prototypes, width: width, temperature, operation)
        try Expect.floats(
            logitsGradient, [features.shape[0], classes], "the logits gradient", operation: operation)
        let c = try floats(prototypes, "the prototypes", operation)
        let gradients = try floats(logitsGradient, "the logits gradient", operation)
        return try withScratch(of: Double.self, count: classes) { prototypeScale in
            for k in 0..<classes { prototypeScale[k] = inverseNorm(c + k * width, width, shortest: shortestVector) }
            return try mapRows(features, "the features", operation) { row, z, result in
                let scale = inverseNorm(z, width, shortest: shortestVector)
                withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { unitGradient in
                    unitGradient.initialize(repeating: 0)
                    for k in 0..<classes {
                        let c = c + k * width
                        let factor = Double(gradients[row * classes + k]) * prototypeScale[k] / Double(temperature)
                        for d in 0..<width { unitGradient[d] += factor * Double(c[d]) }
                    }
                    var along = 0.0
                    for d in 0..<width { along += unitGradient[d] * Double(z[d]) * scale }
                    for d in 0..<width {
                        result[d] = Float((unitGradient[d] - Double(z[d]) * scale * along) * scale)
                    }
                }
            }
        }
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

/// `1 / |x|`, or 0 where the norm is at most `shortest`.
private func inverseNorm(_ x: UnsafePointer<Float>, _ columns: Int, shortest: Double) -> Double {
    let norm = dotProduct(x, x, columns).squareRoot()
    return norm <= shortest ? 0 : 1 / norm
}
