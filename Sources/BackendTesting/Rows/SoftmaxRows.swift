import Tensors

/// Rows of the softmax family and of the losses built on it.
enum SoftmaxRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let shapes: [Shape] = suite.choose(
            small: [[1, 1], [16, 5], [2, 17]], standard: [[64, 10], [33, 100], [7, 3], [1, 33], [5, 1000]],
            bench: [[64, 10], [128, 100]])
        return shapes.flatMap { shape in
            activations(shape) + crossEntropies(shape) + otherLosses(shape)
        }
    }

    private static let tolerance = Tolerance(
        relative: 2e-6, reason: "OpenCL's exp and log may be off by 3 units in the last place; sums in another order")

    private static let logits = Filling.uniform(-3...3)
    // The largest exponentials overflow and the smallest vanish unless the row's maximum is subtracted.
    private static let extremeLogits = Filling.anyOf([-100, -50, 0, 30, 99.5, 100])

    private static func activations(_ shape: Shape) -> [OperationRow] {
        let fillings = [("", logits), (" extreme", extremeLogits)]
        let forward = fillings.flatMap { suffix, filling -> [OperationRow] in
            [
                OperationRow(
                    "softmax", "\(shape)\(suffix)", [.input("logits", shape, filling)], tolerance: tolerance
                ) { backend, arguments in
                    ["output": try backend.softmax(arguments["logits"])]
                },
                OperationRow(
                    "logSoftmax", "\(shape)\(suffix)", [.input("logits", shape, filling)], tolerance: tolerance
                ) { backend, arguments in
                    ["output": try backend.logSoftmax(arguments["logits"])]
                },
            ]
        }
        return forward + [
            OperationRow(
                "softmaxGradient", "\(shape)",
                [.input("outputGradient", shape), .input("output", shape, .probabilities)], tolerance: tolerance
            ) { backend, arguments in
                [
                    "gradient": try backend.softmaxGradient(
                        arguments["outputGradient"], output: arguments["output"])
                ]
            },
            OperationRow(
                "logSoftmaxGradient", "\(shape)",
                [.input("outputGradient", shape), .input("output", shape, .uniform(-4...0))], tolerance: tolerance
            ) { backend, arguments in
                [
                    "gradient": try backend.logSoftmaxGradient(
                        arguments["outputGradient"], output: arguments["output"])
                ]
            },
            OperationRow(
                "entropy", "\(shape)", [.input("probabilities", shape, .probabilities)],
                tolerance: Tolerance(relative: 2e-6, absolute: 1e-6, reason: tolerance.reason)
            ) { backend, arguments in
                ["entropy": try backend.entropy(arguments["probabilities"])]
            },
            OperationRow(
                "entropy", "\(shape) oneHot", [.input("probabilities", shape, .oneHot)],
                tolerance: Tolerance(relative: 0, absolute: 1e-6, reason: "0 log 0 is 0, and so is 1 log 1")
            ) { backend, arguments in
                ["entropy": try backend.entropy(arguments["probabilities"])]
            },
        ]
    }

    private static func crossEntropies(_ shape: Shape) -> [OperationRow] {
        let cases: [(name: String, logits: Filling, targets: Filling, weighted: Bool)] = [
            ("soft", logits, .probabilities, false), ("oneHot weighted", logits, .oneHot, true),
            ("extreme weighted", extremeLogits, .probabilities, true),
        ]
        return cases.flatMap { entry -> [OperationRow] in
            let arguments: [Argument] =
                [.input("logits", shape, entry.logits), .input("targets", shape, entry.targets)]
                // Masked samples have weight 0.
                + (entry.weighted ? [.input("weights", [shape[0]], .anyOf([0, 0.5, 1, 2]))] : [])
            let text = "\(shape) \(entry.name)"
            return [
                OperationRow("crossEntropy", text, arguments, tolerance: lossTolerance) { backend, arguments in
                    let (perSample, loss) = try backend.crossEntropy(
                        arguments["logits"], targets: arguments["targets"],
                        weights: entry.weighted ? arguments["weights"] : nil)
                    return ["perSample": perSample, "loss": loss]
                },
                OperationRow(
                    "crossEntropyGradient", text, [.input("lossGradient", [1], .uniform(0.5...2))] + arguments,
                    tolerance: tolerance
                ) { backend, arguments in
                    [
                        "gradient": try backend.crossEntropyGradient(
                            arguments["lossGradient"], logits: arguments["logits"], targets: arguments["targets"],
                            weights: entry.weighted ? arguments["weights"] : nil)
                    ]
                },
            ]
        }
    }

    private static let lossTolerance = Tolerance(
        relative: 2e-6, absolute: 1e-6, reason: "as above; a loss near 0 is the difference of larger numbers")

    private static func otherLosses(_ shape: Shape) -> [OperationRow] {
        let lossGradient = Argument.input("lossGradient", [1], .uniform(0.5...2))
        let logits = Argument.input("logits", shape, logits)
        let targetLogits = Argument.input("targetLogits", shape, Self.logits)
        let targets = Argument.input("targets", shape, .probabilities)
        return [
            OperationRow(
                "softmaxMeanSquaredError", "\(shape)", [logits, targetLogits], tolerance: lossTolerance
            ) { backend, arguments in
                [
                    "loss": try backend.softmaxMeanSquaredError(
                        arguments["logits"], targetLogits: arguments["targetLogits"])
                ]
            },
            OperationRow(
                "softmaxMeanSquaredErrorGradient", "\(shape)", [lossGradient, logits, targetLogits],
                tolerance: Tolerance(relative: 5e-6, absolute: 1e-9, reason: "a product of differences of softmaxes")
            ) { backend, arguments in
                [
                    "gradient": try backend.softmaxMeanSquaredErrorGradient(
                        arguments["lossGradient"], logits: arguments["logits"],
                        targetLogits: arguments["targetLogits"])
                ]
            },
            OperationRow("klDivergence", "\(shape)", [logits, targets], tolerance: lossTolerance) {
                backend, arguments in
                let (perSample, loss) = try backend.klDivergence(arguments["logits"], targets: arguments["targets"])
                return ["perSample": perSample, "loss": loss]
            },
            OperationRow(
                "klDivergenceGradient", "\(shape)", [lossGradient, logits, targets], tolerance: tolerance
            ) { backend, arguments in
                [
                    "gradient": try backend.klDivergenceGradient(
                        arguments["lossGradient"], logits: arguments["logits"], targets: arguments["targets"])
                ]
            },
            OperationRow("softmaxEntropy", "\(shape)", [logits], tolerance: lossTolerance) { backend, arguments in
                let (perSample, loss) = try backend.softmaxEntropy(arguments["logits"])
                return ["perSample": perSample, "loss": loss]
            },
            OperationRow(
                "softmaxEntropyGradient", "\(shape)", [lossGradient, logits],
                tolerance: Tolerance(relative: 5e-6, absolute: 1e-7, reason: "log p + entropy cancels")
            ) { backend, arguments in
                [
                    "gradient": try backend.softmaxEntropyGradient(
                        arguments["lossGradient"], logits: arguments["logits"])
                ]
            },
        ]
    }

    // MARK: - Gradients

    private static let shape: Shape = [4, 5]

    static let gradients: [GradientRow] = [
        GradientRow("softmax", "4×5", [.input("logits", shape, logits)], differentiated: ["logits"]) {
            backend, arguments in
            try backend.softmax(arguments["logits"])
        } backward: { backend, arguments, outputGradient in
            [
                "logits": try backend.softmaxGradient(
                    outputGradient, output: try backend.softmax(arguments["logits"]))
            ]
        },
        GradientRow("logSoftmax", "4×5", [.input("logits", shape, logits)], differentiated: ["logits"]) {
            backend, arguments in
            try backend.logSoftmax(arguments["logits"])
        } backward: { backend, arguments, outputGradient in
            [
                "logits": try backend.logSoftmaxGradient(
                    outputGradient, output: try backend.logSoftmax(arguments["logits"]))
            ]
        },
        GradientRow(
            "crossEntropy", "4×5",
            [.input("logits", shape, logits), .input("targets", shape, .uniform(0...1)), .input("weights", [4])],
            differentiated: ["logits"]
        ) { backend, arguments in
            try backend.crossEntropy(
                arguments["logits"], targets: arguments["targets"], weights: arguments["weights"]
            ).loss
        } backward: { backend, arguments, lossGradient in
            [
                "logits": try backend.crossEntropyGradient(
                    lossGradient, logits: arguments["logits"], targets: arguments["targets"],
                    weights: arguments["weights"])
            ]
        },
        GradientRow(
            "softmaxMeanSquaredError", "4×5",
            [.input("logits", shape, logits), .input("targetLogits", shape, logits)], differentiated: ["logits"]
        ) { backend, arguments in
            try backend.softmaxMeanSquaredError(arguments["logits"], targetLogits: arguments["targetLogits"])
        } backward: { backend, arguments, lossGradient in
            [
                "logits": try backend.softmaxMeanSquaredErrorGradient(
                    lossGradient, logits: arguments["logits"], targetLogits: arguments["targetLogits"])
            ]
        },
        GradientRow(
            "klDivergence", "4×5", [.input("logits", shape, logits), .input("targets", shape, .probabilities)],
            differentiated: ["logits"]
        ) { backend, arguments in
            try backend.klDivergence(arguments["logits"], targets: arguments["targets"]).loss
        } backward: { backend, arguments, lossGradient in
            [
                "logits": try backend.klDivergenceGradient(
                    lossGradient, logits: arguments["logits"], targets: arguments["targets"])
            ]
        },
        GradientRow("softmaxEntropy", "4×5", [.input("logits", shape, logits)], differentiated: ["logits"]) {
            backend, arguments in
            try backend.softmaxEntropy(arguments["logits"]).loss
        } backward: { backend, arguments, lossGradient in
            ["logits": try backend.softmaxEntropyGradient(lossGradient, logits: arguments["logits"])]
        },
    ]

    // MARK: - Refusals

    static let refusals = [
        RefusalRow("softmax", "a vector") { backend in
            _ = try backend.softmax(try backend.tensor(repeating: 1, [3]))
        },
        RefusalRow("softmax", "integers") { backend in
            _ = try backend.softmax(try backend.makeTensor([2, 3], .int32))
        },
        RefusalRow("softmax", "a tensor of another backend", expected: .foreignTensor) { backend in
            _ = try backend.softmax(ForeignStorage.tensor([2, 3]))
        },
        RefusalRow("softmaxGradient", "shapes that differ") { backend in
            _ = try backend.softmaxGradient(
                try backend.tensor(repeating: 1, [2, 3]), output: try backend.tensor(repeating: 1, [3, 2]))
        },
        RefusalRow("crossEntropy", "targets of the wrong shape") { backend in
            _ = try backend.crossEntropy(
                try backend.tensor(repeating: 1, [2, 3]), targets: try backend.tensor(repeating: 1, [2, 4]),
                weights: nil)
        },
        RefusalRow("crossEntropy", "weights of the wrong length") { backend in
            _ = try backend.crossEntropy(
                try backend.tensor(repeating: 1, [2, 3]), targets: try backend.tensor(repeating: 1, [2, 3]),
                weights: try backend.tensor(repeating: 1, [3]))
        },
        RefusalRow("crossEntropyGradient", "a loss gradient that is not one number") { backend in
            _ = try backend.crossEntropyGradient(
                try backend.tensor(repeating: 1, [2]), logits: try backend.tensor(repeating: 1, [2, 3]),
                targets: try backend.tensor(repeating: 1, [2, 3]), weights: nil)
        },
        RefusalRow("softmaxMeanSquaredError", "target logits of the wrong shape") { backend in
            _ = try backend.softmaxMeanSquaredError(
                try backend.tensor(repeating: 1, [2, 3]), targetLogits: try backend.tensor(repeating: 1, [3, 3]))
        },
    ]
}
