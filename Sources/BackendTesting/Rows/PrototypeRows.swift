import Tensors

/// Rows of l2 normalisation and of the similarity to class prototypes.
enum PrototypeRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let problems: [Problem] = suite.choose(
            small: [Problem(n: 1, d: 1, k: 1), Problem(n: 16, d: 5, k: 5)],
            standard: [
                Problem(n: 64, d: 128, k: 10), Problem(n: 17, d: 33, k: 100), Problem(n: 5, d: 64, k: 1),
                Problem(n: 1, d: 16, k: 3),
            ],
            bench: [Problem(n: 128, d: 128, k: 10)])
        return problems.flatMap { normalisation($0) + similarity($0) }
    }

    /// n feature rows of length d and k prototypes.
    private struct Problem {
        let n, d, k: Int

        var text: String { "n\(n) d\(d) k\(k)" }
        var features: Argument { .input("features", [n, d], PrototypeRows.someRowsZero) }
        var prototypes: Argument { .input("prototypes", [k, d], PrototypeRows.someRowsZero) }
    }

    /// Every fourth row is zero: the prototype of a class without samples.
    private static let someRowsZero = Filling { shape, generator, _ in
        try HostTensor(
            (0..<shape.count).map { index in
                let value = generator.uniform() * 2 - 1
                return (index / shape.columns) % 4 == 3 ? 0 : value
            }, shape: shape)
    }

    private static let tolerance = Tolerance(relative: 2e-6, reason: "norms and scalar products in another order")

    private static func normalisation(_ problem: Problem) -> [OperationRow] {
        let text = "n\(problem.n) d\(problem.d)"
        return [
            OperationRow("l2Normalize", text, [problem.features], tolerance: tolerance) { backend, arguments in
                ["output": try backend.l2Normalize(arguments["features"], epsilon: 1e-12)]
            },
            OperationRow(
                "l2NormalizeGradient", text, [.input("outputGradient", [problem.n, problem.d]), problem.features],
                // With a single column the gradient is 0 but for rounding, and only `absolute` counts.
                tolerance: Tolerance(relative: 2e-6, absolute: 5e-7, reason: "as above; the radial part cancels")
            ) { backend, arguments in
                [
                    "gradient": try backend.l2NormalizeGradient(
                        arguments["outputGradient"], input: arguments["features"], epsilon: 1e-12)
                ]
            },
        ]
    }

    private static func similarity(_ problem: Problem) -> [OperationRow] {
        [
            OperationRow(
                "cosineSimilarityToPrototypes", problem.text, [problem.features, problem.prototypes],
                tolerance: tolerance,
                work: Work(
                    floatingPointOperations: 2 * problem.n * problem.d * problem.k,
                    bytes: 4 * (problem.n * problem.d + problem.k * problem.d + problem.n * problem.k))
            ) { backend, arguments in
                [
                    "logits": try backend.cosineSimilarityToPrototypes(
                        arguments["features"], prototypes: arguments["prototypes"], temperature: 0.05)
                ]
            },
            OperationRow(
                "cosineSimilarityToPrototypesGradient", problem.text,
                [.input("logitsGradient", [problem.n, problem.k]), problem.features, problem.prototypes],
                tolerance: Tolerance(
                    relative: 2e-6, absolute: 1e-6,
                    reason: "as above; the radial part cancels, for a single column wholly")
            ) { backend, arguments in
                [
                    "gradient": try backend.cosineSimilarityToPrototypesGradient(
                        arguments["logitsGradient"], features: arguments["features"],
                        prototypes: arguments["prototypes"], temperature: 0.05)
                ]
            },
        ]
    }

    static let gradients = [
        GradientRow(
            "l2Normalize", "n4 d6", [.input("input", [4, 6], .awayFromZero(0.5...1.5))], differentiated: ["input"],
            step: 1.0 / 32
        ) { backend, arguments in
            try backend.l2Normalize(arguments["input"], epsilon: 1e-12)
        } backward: { backend, arguments, outputGradient in
            ["input": try backend.l2NormalizeGradient(outputGradient, input: arguments["input"], epsilon: 1e-12)]
        },
        GradientRow(
            "cosineSimilarityToPrototypes", "n3 d8 k5",
            [.input("features", [3, 8], .awayFromZero(0.5...1.5)), .input("prototypes", [5, 8], someRowsZero)],
            differentiated: ["features"], step: 1.0 / 32
        ) { backend, arguments in
            try backend.cosineSimilarityToPrototypes(
                arguments["features"], prototypes: arguments["prototypes"], temperature: 0.05)
        } backward: { backend, arguments, outputGradient in
            [
                "features": try backend.cosineSimilarityToPrototypesGradient(
                    outputGradient, features: arguments["features"], prototypes: arguments["prototypes"],
                    temperature: 0.05)
            ]
        },
    ]

    static let refusals = [
        RefusalRow("l2Normalize", "a vector") { backend in
            _ = try backend.l2Normalize(try backend.tensor(repeating: 1, [3]), epsilon: 1e-12)
        },
        RefusalRow("cosineSimilarityToPrototypes", "feature widths that differ") { backend in
            _ = try backend.cosineSimilarityToPrototypes(
                try backend.tensor(repeating: 1, [2, 3]), prototypes: try backend.tensor(repeating: 1, [5, 4]),
                temperature: 1)
        },
        RefusalRow("cosineSimilarityToPrototypes", "prototypes of another backend", expected: .foreignTensor) {
            backend in
            _ = try backend.cosineSimilarityToPrototypes(
                try backend.tensor(repeating: 1, [2, 3]), prototypes: ForeignStorage.tensor([5, 3]), temperature: 1)
        },
        RefusalRow("cosineSimilarityToPrototypesGradient", "a logits gradient of the wrong shape") { backend in
            _ = try backend.cosineSimilarityToPrototypesGradient(
                try backend.tensor(repeating: 1, [2, 4]), features: try backend.tensor(repeating: 1, [2, 3]),
                prototypes: try backend.tensor(repeating: 1, [5, 3]), temperature: 1)
        },
    ]
}
