import Tensors

/// Rows of the convolution in its three directions.
enum ConvolutionRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        problems(suite).flatMap { [forward($0), inputGradient($0), filterGradient($0)] }
            + problemsWithAddend(suite).flatMap { [forward($0), inputGradient($0)] }
            + problemsOfHalves(suite).flatMap {
                [forward($0), inputGradient($0)] + ($0.hasAddend ? [] : [filterGradient($0)])
            }
            + normalizedProblems(suite).flatMap {
                [normalizedForward($0), normalizedInputGradient($0), normalizedFilterGradient($0)]
            }
    }

    /// The row of one direction on any problem, with the tolerances for those; nil if the operation is none of the three.
    static func row(_ operation: String, on problem: Convolution2DProblem) -> OperationRow? {
        let problem = Problem(
            n: problem.batch, h: problem.inputHeight, w: problem.inputWidth, c: problem.inputChannels,
            k: problem.outputChannels, r: problem.filterHeight,
            columns: problem.filterWidth == problem.filterHeight ? nil : problem.filterWidth, s: problem.stride,
            p: problem.padding, hasAddend: problem.hasAddend, activations: problem.activations)
        return [
            forward(problem, tolerance: toleranceOfAnySize),
            inputGradient(problem, tolerance: toleranceOfAnySize),
            filterGradient(problem, tolerance: filterGradientToleranceOfAnySize),
        ].first { $0.operation == operation }
    }

    private static let tolerance = Tolerance(relative: 2e-6, reason: "sums in float32, in another order")
    private static let filterGradientTolerance = Tolerance(
        relative: 5e-6, reason: "sums in float32 over all pixels, in another order")

    // The suites' problems are small and hold kernels to less. A training step sums up to 1,152 products to a pixel and
    // 327,680 (320 images of 32 × 32 pixels) to a filter's element; the error of such sums grows with the root of their
    // number, and half of it may be the reference's, which sums in float32 too.
    private static let toleranceOfAnySize = Tolerance(
        relative: 1e-5, reason: "sums in float32 of any length, by any algorithm")
    private static let filterGradientToleranceOfAnySize = Tolerance(
        relative: 5e-5, reason: "sums in float32 over any number of pixels, by any algorithm")

    // Winograd's transforms for 8 pixels magnify the rounding of the sums between them seven times, at the tiles' edges.
    private static let wideTilesTolerance = Tolerance(
        relative: 1e-5, reason: "sums in float32, in another order, magnified by the transforms of wide tiles")

    private static func tolerance(for problem: Problem, writing target: Shape) -> Tolerance {
        problem.allowsWideTiles(target) ? wideTilesTolerance : tolerance
    }

    private static func forward(_ problem: Problem, tolerance: Tolerance? = nil) -> OperationRow {
        OperationRow(
            "convolution2D", problem.text,
            [problem.activation("input", problem.input), .input("filter", problem.filter)]
                + problem.addend(problem.output),
            tolerance: tolerance ?? self.tolerance(for: problem, writing: problem.output), work: problem.work
        ) { backend, arguments in
            [
                "output": try backend.convolution2D(
                    arguments["input"], filter: arguments["filter"], stride: problem.s, padding: problem.p,
                    adding: problem.hasAddend ? arguments["addend"] : nil)
            ]
        }
    }

    private static func inputGradient(_ problem: Problem, tolerance: Tolerance? = nil) -> OperationRow {
        OperationRow(
            "convolution2DInputGradient", problem.text,
            [problem.activation("outputGradient", problem.output), .input("filter", problem.filter)]
                + problem.addend(problem.input),
            tolerance: tolerance ?? self.tolerance(for: problem, writing: problem.input), work: problem.work
        ) { backend, arguments in
            [
                "inputGradient": try backend.convolution2DInputGradient(
                    arguments["outputGradient"], filter: arguments["filter"], inputShape: problem.input,
                    stride: problem.s, padding: problem.p, adding: problem.hasAddend ? arguments["addend"] : nil)
            ]
        }
    }

    private static func filterGradient(_ problem: Problem, tolerance: Tolerance = filterGradientTolerance)
        -> OperationRow
    {
        OperationRow(
            "convolution2DFilterGradient", problem.text,
            [
                problem.activation("outputGradient", problem.output), problem.activation("input", problem.input),
                .destination("filterGradient", problem.filter),
            ],
            tolerance: tolerance, work: problem.work
        ) { backend, arguments in
            try backend.convolution2DFilterGradient(
                arguments["outputGradient"], input: arguments["input"], stride: problem.s, padding: problem.p,
                into: arguments["filterGradient"])
            return [:]
        }
    }

    /// The tensors of a normalization of the input.
    private static func normalization(_ problem: Problem) -> [Argument] {
        [
            .input("scale", [problem.c], .uniform(0.5...1.5)), .input("shift", [problem.c], .uniform(-0.5...0.5)),
            .input("mean", [problem.c], .uniform(-0.5...0.5)),
            .input("inverseStandardDeviation", [problem.c], .uniform(0.5...2)),
        ]
    }

    private static func normalization(_ arguments: PlacedArguments) throws -> ChannelNormalization {
        ChannelNormalization(
            scale: try arguments["scale"], shift: try arguments["shift"],
            statistics: BatchStatistics(
                mean: try arguments["mean"], inverseStandardDeviation: try arguments["inverseStandardDeviation"]),
            negativeSlope: 0.1)
    }

    private static func normalizedForward(_ problem: Problem) -> OperationRow {
        OperationRow(
            "convolution2D", problem.text + " normalized",
            [.input("input", problem.input), .input("filter", problem.filter)] + normalization(problem)
                + [.updated("runningMean", [problem.k]), .updated("runningVariance", [problem.k], .uniform(0.5...2))]
                + problem.addend(problem.output),
            tolerance: problem.allowsWideTiles(problem.output)
                ? wideTilesTolerance
                : Tolerance(
                    relative: 5e-6,
                    reason: "sums in float32, in another order, and their squares, which err twice as much"),
            work: problem.work
        ) { backend, arguments in
            let (output, moments) = try backend.convolution2D(
                arguments["input"], normalizedBy: normalization(arguments), filter: arguments["filter"],
                stride: problem.s, padding: problem.p, adding: problem.hasAddend ? arguments["addend"] : nil,
                gatheringMoments: true)
            let statistics = try backend.batchStatistics(
                of: output, moments: moments, runningMean: arguments["runningMean"],
                runningVariance: arguments["runningVariance"], epsilon: 1e-5, momentum: 0.1)
            return [
                "output": output, "mean of the output": statistics.mean,
                "inverse standard deviation of the output": statistics.inverseStandardDeviation,
            ]
        }
    }

    /// No element lies so near the activation's kink that rounding decides on its side.
    private static func normalizedInputGradient(_ problem: Problem) -> OperationRow {
        OperationRow(
            "convolution2DInputGradient", problem.text + " normalized",
            [
                .input("outputGradient", problem.output), .input("filter", problem.filter),
                .input("input", problem.input),
            ]
                + normalization(problem) + problem.addend(problem.input)
                + [.destination("scaleGradient", [problem.c]), .destination("shiftGradient", [problem.c])],
            tolerance: problem.allowsWideTiles(problem.input)
                ? wideTilesTolerance
                : Tolerance(relative: 5e-6, reason: "sums in float32 of such sums, all in another order"),
            work: problem.work
        ) { backend, arguments in
            [
                "inputGradient": try backend.convolution2DInputGradient(
                    arguments["outputGradient"], filter: arguments["filter"], stride: problem.s, padding: problem.p,
                    through: normalization(arguments), of: arguments["input"], intoScale: arguments["scaleGradient"],
                    intoShift: arguments["shiftGradient"],
                    adding: problem.hasAddend ? arguments["addend"] : nil)
            ]
        }
    }

    private static func normalizedFilterGradient(_ problem: Problem) -> OperationRow {
        OperationRow(
            "convolution2DFilterGradient", problem.text + " normalized",
            [.input("outputGradient", problem.output), .input("input", problem.input)] + normalization(problem)
                + [.destination("filterGradient", problem.filter)],
            tolerance: filterGradientTolerance, work: problem.work
        ) { backend, arguments in
            try backend.convolution2DFilterGradient(
                arguments["outputGradient"], input: arguments["input"], normalizedBy: normalization(arguments),
                stride: problem.s, padding: problem.p, into: arguments["filterGradient"])
            return [:]
        }
    }

    static let gradients = [
        Problem(n: 2, h: 5, w: 4, c: 3, k: 4, r: 3, s: 1, p: 1),
        Problem(n: 1, h: 6, w: 5, c: 4, k: 3, r: 3, s: 2, p: 1),
        Problem(n: 2, h: 4, w: 5, c: 3, k: 5, r: 1, s: 2, p: 0),
        Problem(n: 1, h: 5, w: 6, c: 2, k: 3, r: 5, s: 1, p: 2),
        Problem(n: 1, h: 7, w: 8, c: 1, k: 2, r: 7, s: 2, p: 3),
        Problem(n: 1, h: 6, w: 5, c: 4, k: 3, r: 3, s: 2, p: 1, hasAddend: true),
    ].map { problem in
        GradientRow(
            "convolution2D", problem.text,
            [.input("input", problem.input), .input("filter", problem.filter)] + problem.addend(problem.output),
            differentiated: ["input", "filter"] + (problem.hasAddend ? ["addend"] : [])
        ) { backend, arguments in
            try backend.convolution2D(
                arguments["input"], filter: arguments["filter"], stride: problem.s, padding: problem.p,
                adding: problem.hasAddend ? arguments["addend"] : nil)
        } backward: { backend, arguments, outputGradient in
            let filterGradient = try backend.makeTensor(problem.filter, .float32)
            try backend.convolution2DFilterGradient(
                outputGradient, input: arguments["input"], stride: problem.s, padding: problem.p, into: filterGradient)
            let inputGradient = try backend.convolution2DInputGradient(
                outputGradient, filter: arguments["filter"], inputShape: problem.input, stride: problem.s,
                padding: problem.p)
            return ["input": inputGradient, "filter": filterGradient]
                .merging(problem.hasAddend ? ["addend": outputGradient] : [:]) { first, _ in first }
        }
    }
}
