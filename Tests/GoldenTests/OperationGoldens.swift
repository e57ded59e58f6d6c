import Tensors

/// Replays the golden cases of kind `op`: single operations, forward and backward.
enum OperationGoldens {
    static let handlers: [String: GoldenHandler] =
        spatialHandlers.merging(rowHandlers) { first, _ in first }.merging(lossHandlers) { first, _ in first }

    private static let spatialHandlers: [String: GoldenHandler] = [
        "conv2d": .onEachBackend { golden, backend in
            let stride: Int = try golden.attribute("stride")
            let padding: Int = try golden.attribute("padding")
            let x = try backend.input("x", of: golden)
            let w = try backend.input("w", of: golden)
            let dy = try backend.input("dy", of: golden)
            let dw = try backend.makeTensor(w.shape, .float32)
            try backend.convolution2DFilterGradient(dy, input: x, stride: stride, padding: padding, into: dw)
            return try backend.read([
                "y": try backend.convolution2D(x, filter: w, stride: stride, padding: padding),
                "dx": try backend.convolution2DInputGradient(
                    dy, filter: w, inputShape: x.shape, stride: stride, padding: padding),
                "dw": dw,
            ])
        },
        "batch_norm_train": .onEachBackend { golden, backend in
            let slope: Float = try golden.attribute("negative_slope")
            let x = try backend.input("x", of: golden)
            let gamma = try backend.input("gamma", of: golden)
            let beta = try backend.input("beta", of: golden)
            let runningMean = try backend.input("running_mean", of: golden)
            let runningVariance = try backend.input("running_var", of: golden)
            let (y, normalization) = try backend.batchNormalizationTraining(
                x, scale: gamma, shift: beta, runningMean: runningMean, runningVariance: runningVariance,
                epsilon: golden.attribute("epsilon"), momentum: golden.attribute("momentum"), negativeSlope: slope)
            let dgamma = try backend.makeTensor(gamma.shape, .float32)
            let dbeta = try backend.makeTensor(beta.shape, .float32)
            let dx = try backend.batchNormalizationTrainingGradient(
                try backend.input("dy", of: golden), input: x, normalization: normalization, intoScale: dgamma,
                intoShift: dbeta)
            return try backend.read([
                "y": y, "running_mean": runningMean, "running_var": runningVariance, "dx": dx, "dgamma": dgamma,
                "dbeta": dbeta,
            ])
        },
        "batch_norm_inference": .onEachBackend { golden, backend in
            let y = try backend.batchNormalizationInference(
                try backend.input("x", of: golden), scale: try backend.input("gamma", of: golden),
                shift: try backend.input("beta", of: golden),
                runningMean: try backend.input("running_mean", of: golden),
                runningVariance: try backend.input("running_var", of: golden),
                epsilon: golden.attribute("epsilon"), negativeSlope: golden.attribute("negative_slope"))
            return try backend.read(["y": y])
        },
        "leaky_relu": .onEachBackend { golden, backend in
            let slope: Float = try golden.attribute("negative_slope")
            let x = try backend.input("x", of: golden)
            return try backend.read([
                "y": try backend.leakyReLU(x, negativeSlope: slope),
                "dx": try backend.leakyReLUGradient(
                    try backend.input("dy", of: golden), input: x, negativeSlope: slope),
            ])
        },
        "add": .onEachBackend { golden, backend in
            // The gradient of a sum is the gradient of the result, for both: what the tape sends on.
            let dy = try backend.input("dy", of: golden)
            let y = try backend.binary(
                .add, try backend.input("a", of: golden), try backend.input("b", of: golden))
            return try backend.read(["y": y, "da": dy, "db": dy])
        },
        "global_average_pool": .onEachBackend { golden, backend in
            let x = try backend.input("x", of: golden)
            return try backend.read([
                "y": try backend.globalAveragePooling(x),
                "dx": try backend.globalAveragePoolingGradient(
                    try backend.input("dy", of: golden), inputShape: x.shape),
            ])
        },
        "max_pool": .onEachBackend { golden, backend in
            let window: Int = try golden.attribute("window")
            let stride: Int = try golden.attribute("stride")
            let padding: Int = try golden.attribute("padding")
            let x = try backend.input("x", of: golden)
            let (y, indices) = try backend.maxPooling(x, window: window, stride: stride, padding: padding)
            let dx = try backend.maxPoolingGradient(
                try backend.input("dy", of: golden), indices: indices, inputShape: x.shape, window: window,
                stride: stride, padding: padding)
            return try backend.read(["y": y, "dx": dx])
        },
    ]

    private static let rowHandlers: [String: GoldenHandler] = [
        "linear": .onEachBackend { golden, backend in
            let x = try backend.input("x", of: golden)
            let w = try backend.input("w", of: golden)
            let b = try backend.input("b", of: golden)
            let dy = try backend.input("dy", of: golden)
            let dw = try backend.makeTensor(w.shape, .float32)
            let db = try backend.makeTensor(b.shape, .float32)
            try backend.linearParameterGradient(dy, input: x, intoWeight: dw, intoBias: db)
            return try backend.read([
                "y": try backend.linear(x, weight: w, bias: b),
                "dx": try backend.linearInputGradient(dy, weight: w), "dw": dw, "db": db,
            ])
        },
        "gemm": .onEachBackend { golden, backend in
            let c = try backend.input("c", of: golden)
            try backend.gemm(
                alpha: golden.attribute("alpha"), try backend.input("a", of: golden),
                transposeA: golden.attribute("transpose_a"), try backend.input("b", of: golden),
                transposeB: golden.attribute("transpose_b"), beta: golden.attribute("beta"), into: c)
            return try backend.read(["c": c])
        },
        "cosine_similarity_to_prototypes": .onEachBackend { golden, backend in
            let temperature: Float = try golden.attribute("temperature")
            let features = try backend.input("features", of: golden)
            let prototypes = try backend.input("prototypes", of: golden)
            let logits = try backend.cosineSimilarityToPrototypes(
                features, prototypes: prototypes, temperature: temperature)
            return try backend.read([
                "logits": logits, "probabilities": try backend.softmax(logits),
                "dfeatures": try backend.cosineSimilarityToPrototypesGradient(
                    try backend.input("dlogits", of: golden), features: features, prototypes: prototypes,
                    temperature: temperature),
            ])
        },
        "l2_normalize": .onEachBackend { golden, backend in
            let epsilon: Float = try golden.attribute("epsilon")
            let x = try backend.input("x", of: golden)
            return try backend.read([
                "y": try backend.l2Normalize(x, epsilon: epsilon),
                "dx": try backend.l2NormalizeGradient(
                    try backend.input("dy", of: golden), input: x, epsilon: epsilon),
            ])
        },
        "gather_rows": .onEachBackend { golden, backend in
            let x = try backend.input("x", of: golden)
            let indices = try backend.input("indices", of: golden)
            return try backend.read([
                "y": try backend.gatherRows(x, indices: indices),
                "dx": try backend.gatherRowsGradient(
                    try backend.input("dy", of: golden), indices: indices, rowCount: x.shape.rows),
            ])
        },
        "segment_mean": .onEachBackend { golden, backend in
            let (mean, count) = try backend.segmentMean(
                try backend.input("x", of: golden), labels: try backend.input("labels", of: golden),
                classes: golden.attribute("classes"))
            return try backend.read(["mean": mean, "count": count])
        },
        "argmax_rows": .onEachBackend { golden, backend in
            let (indices, values) = try backend.argmaxRows(try backend.input("x", of: golden))
            return try backend.read(["index": indices, "value": values])
        },
    ]

    private static let lossHandlers: [String: GoldenHandler] = [
        "softmax": .onEachBackend { golden, backend in
            let y = try backend.softmax(try backend.input("x", of: golden))
            let dx = try backend.softmaxGradient(try backend.input("dy", of: golden), output: y)
            return try backend.read(["y": y, "dx": dx])
        },
        "log_softmax": .onEachBackend { golden, backend in
            let y = try backend.logSoftmax(try backend.input("x", of: golden))
            let dx = try backend.logSoftmaxGradient(try backend.input("dy", of: golden), output: y)
            return try backend.read(["y": y, "dx": dx])
        },
        "cross_entropy": .onEachBackend { golden, backend in
            let logits = try backend.input("logits", of: golden)
            let targets = try backend.input("targets", of: golden)
            let weights = try backend.input("weights", of: golden)
            let (perSample, loss) = try backend.crossEntropy(logits, targets: targets, weights: weights)
            let dlogits = try backend.crossEntropyGradient(
                try backend.tensor(repeating: 1, [1]), logits: logits, targets: targets, weights: weights)
            return try backend.read(["per_sample": perSample, "loss": loss, "dlogits": dlogits])
        },
        "softmax_mean_squared_error": .onEachBackend { golden, backend in
            let logits = try backend.input("logits", of: golden)
            let targetLogits = try backend.input("target_logits", of: golden)
            return try backend.read([
                "loss": try backend.softmaxMeanSquaredError(logits, targetLogits: targetLogits),
                "dlogits": try backend.softmaxMeanSquaredErrorGradient(
                    try backend.tensor(repeating: 1, [1]), logits: logits, targetLogits: targetLogits),
            ])
        },
        "kl_divergence": .onEachBackend { golden, backend in
            let logits = try backend.input("logits", of: golden)
            let targets = try backend.input("targets", of: golden)
            let (perSample, loss) = try backend.klDivergence(logits, targets: targets)
            let dlogits = try backend.klDivergenceGradient(
                try backend.tensor(repeating: 1, [1]), logits: logits, targets: targets)
            return try backend.read(["per_sample": perSample, "loss": loss, "dlogits": dlogits])
        },
        "softmax_entropy": .onEachBackend { golden, backend in
            let logits = try backend.input("logits", of: golden)
            let (perSample, loss) = try backend.softmaxEntropy(logits)
            let dlogits = try backend.softmaxEntropyGradient(try backend.tensor(repeating: 1, [1]), logits: logits)
            return try backend.read(["per_sample": perSample, "loss": loss, "dlogits": dlogits])
        },
        "entropy": .onEachBackend { golden, backend in
            try backend.read(["entropy": try backend.entropy(try backend.input("probabilities", of: golden))])
        },
    ]
}
