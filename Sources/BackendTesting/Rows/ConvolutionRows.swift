import Tensors

/// Rows of the convolution in its three directions.
enum ConvolutionRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        problems(suite).flatMap { [forward($0), inputGradient($0), filterGradient($0)] }
            + problemsWithAddend(suite).flatMap { [forward($0), inputGradient($0)] }
            + problemsOfHalves(suite).flatMap {
                [forward($0), inputGradient($0)] + ($0.hasAddend ? [] : [filterGradient($0)])
            }
            + normalizedProblems(suite).flatMap { [normalizedForward($0), normalizedFilterGradient($0)] }
    }

    /// Extents of one convolution, written as `n2 h9 w7 c16 k33 r3 s2 p1`: images, height, width, channels in, channels
    /// out, filter's height (and width, `r1x3`, where it differs), stride, padding, and `adding` where the result is added
    /// to something, and `half` where activations are float16.
    private struct Problem {
        let n, h, w, c, k, r: Int
        var columns: Int?
        let s, p: Int
        var hasAddend = false
        var activations = ElementType.float32

        var input: Shape { [n, h, w, c] }
        var filter: Shape { [r, columns ?? r, c, k] }
        var output: Shape {
            [n, (h + 2 * p - r) / s + 1, (w + 2 * p - (columns ?? r)) / s + 1, k]
        }
        var text: String {
            "n\(n) h\(h) w\(w) c\(c) k\(k) r\(r)\(columns.map { "x\($0)" } ?? "") s\(s) p\(p)"
                + (hasAddend ? " adding" : "") + (activations == .float16 ? " half" : "")
        }
        /// What is added, shaped as the result.
        func addend(_ shape: Shape) -> [Argument] { hasAddend ? [activation("addend", shape)] : [] }
        /// An activation or the gradient of one.
        func activation(_ name: String, _ shape: Shape) -> Argument {
            .input(name, shape, .uniform(-1...1).stored(as: activations))
        }
        var work: Work {
            Work(
                floatingPointOperations: 2 * output.count * filter.count / k,
                bytes: activations.byteCount * (input.count + output.count) + 4 * filter.count)
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

    private static func problems(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 1, h: 1, w: 1, c: 1, k: 1, r: 1, s: 1, p: 0),
                Problem(n: 1, h: 1, w: 1, c: 7, k: 5, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 6, w: 5, c: 17, k: 3, r: 3, s: 2, p: 1),
                Problem(n: 1, h: 5, w: 6, c: 5, k: 17, r: 1, s: 2, p: 0),
                Problem(n: 1, h: 5, w: 4, c: 4, k: 4, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 3, w: 9, c: 16, k: 32, r: 3, s: 2, p: 1),
                Problem(n: 1, h: 5, w: 5, c: 1, k: 3, r: 5, s: 1, p: 2),
                Problem(n: 1, h: 7, w: 6, c: 2, k: 4, r: 7, s: 2, p: 3),
                Problem(n: 1, h: 3, w: 5, c: 2, k: 3, r: 1, columns: 3, s: 1, p: 0),
                Problem(n: 1, h: 16, w: 16, c: 3, k: 4, r: 1, s: 1, p: 0),
                Problem(n: 2, h: 3, w: 17, c: 4, k: 20, r: 1, s: 2, p: 0),
            ],
            standard: [
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1),
                Problem(n: 3, h: 8, w: 8, c: 33, k: 17, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 8, w: 8, c: 16, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 5, h: 4, w: 4, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 7, w: 7, c: 64, k: 64, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 5, w: 5, c: 128, k: 128, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 16, w: 16, c: 16, k: 64, r: 3, s: 2, p: 1),
                Problem(n: 2, h: 10, w: 7, c: 64, k: 128, r: 1, s: 2, p: 0),
                Problem(n: 4, h: 9, w: 9, c: 16, k: 32, r: 1, s: 2, p: 0),
                Problem(n: 2, h: 6, w: 6, c: 17, k: 32, r: 1, s: 1, p: 0),
                Problem(n: 3, h: 5, w: 10, c: 16, k: 32, r: 1, s: 1, p: 0),
                Problem(n: 1, h: 8, w: 18, c: 32, k: 64, r: 1, s: 2, p: 0),
                Problem(n: 2, h: 28, w: 28, c: 1, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 15, w: 13, c: 3, k: 16, r: 7, s: 2, p: 3),
                Problem(n: 2, h: 6, w: 6, c: 7, k: 5, r: 5, s: 1, p: 2),
                Problem(n: 2, h: 8, w: 9, c: 3, k: 33, r: 3, s: 2, p: 0),
                Problem(n: 1, h: 11, w: 8, c: 4, k: 6, r: 3, s: 3, p: 1),
                Problem(n: 1, h: 6, w: 5, c: 16, k: 16, r: 3, columns: 5, s: 2, p: 1),
                Problem(n: 17, h: 2, w: 2, c: 8, k: 8, r: 3, s: 1, p: 1),
                Problem(n: 3, h: 14, w: 14, c: 48, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 6, w: 9, c: 32, k: 80, r: 3, s: 1, p: 0),
                Problem(n: 1, h: 26, w: 26, c: 16, k: 16, r: 3, s: 1, p: 2),
            ],
            // WideResNet-28-2 has 1, 1, 7, 1, 1, 7, 1, 1, 7 of the layers with filters larger than one pixel.
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 16, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 64, r: 3, s: 2, p: 1),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 64, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 128, r: 3, s: 2, p: 1),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 16, k: 32, r: 1, s: 1, p: 0),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 64, r: 1, s: 2, p: 0),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 128, r: 1, s: 2, p: 0),
            ])
    }

    /// With something added to the output and to the input gradient: every kind of tile, whole and partial vectors, strides.
    private static func problemsWithAddend(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 1, h: 6, w: 5, c: 17, k: 3, r: 3, s: 2, p: 1, hasAddend: true),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 1, h: 5, w: 6, c: 5, k: 17, r: 1, s: 2, p: 0, hasAddend: true),
                Problem(n: 2, h: 4, w: 18, c: 20, k: 32, r: 1, s: 2, p: 0, hasAddend: true),
            ],
            standard: [
                Problem(n: 3, h: 8, w: 8, c: 33, k: 17, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 7, w: 7, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 10, w: 7, c: 64, k: 128, r: 1, s: 2, p: 0, hasAddend: true),
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1, hasAddend: true),
            ],
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1, hasAddend: true),
            ])
    }

    /// With activations of float16: the problems that the faster kernels are made for, whole and partial vectors, edges.
    private static func problemsOfHalves(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 1, h: 6, w: 5, c: 17, k: 3, r: 3, s: 2, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 1, h: 3, w: 9, c: 16, k: 32, r: 3, s: 2, p: 1, activations: .float16),
            ],
            standard: [
                Problem(n: 1, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 3, h: 8, w: 8, c: 33, k: 17, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 2, h: 10, w: 7, c: 64, k: 128, r: 1, s: 2, p: 0, hasAddend: true, activations: .float16),
                Problem(n: 2, h: 16, w: 16, c: 16, k: 32, r: 1, s: 1, p: 0, activations: .float16),
                Problem(n: 2, h: 17, w: 18, c: 32, k: 40, r: 1, s: 2, p: 0, activations: .float16),
                Problem(n: 2, h: 6, w: 6, c: 17, k: 32, r: 1, s: 1, p: 0, activations: .float16),
                Problem(n: 2, h: 15, w: 13, c: 3, k: 16, r: 7, s: 2, p: 3, activations: .float16),
                Problem(n: 1, h: 11, w: 8, c: 4, k: 6, r: 3, s: 3, p: 1, activations: .float16),
                Problem(n: 2, h: 7, w: 7, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true, activations: .float16),
            ],
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 128, r: 3, s: 2, p: 1, activations: .float16),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1, activations: .float16),
            ])
    }

    /// With an input that is normalised on the way and an output whose moments are gathered, where the chosen kernel does
    /// so: whole tiles and others, channels that fill a block and others.
    private static func normalizedProblems(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1),
            ],
            standard: [
                Problem(n: 3, h: 8, w: 12, c: 32, k: 48, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 5, h: 8, w: 8, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 10, w: 10, c: 16, k: 80, r: 3, s: 1, p: 0),
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1),
            ],
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 64, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1),
            ])
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

    private static func forward(_ problem: Problem, tolerance: Tolerance = tolerance) -> OperationRow {
        OperationRow(
            "convolution2D", problem.text,
            [problem.activation("input", problem.input), .input("filter", problem.filter)]
                + problem.addend(problem.output),
            tolerance: tolerance, work: problem.work
        ) { backend, arguments in
            [
                "output": try backend.convolution2D(
                    arguments["input"], filter: arguments["filter"], stride: problem.s, padding: problem.p,
                    adding: problem.hasAddend ? arguments["addend"] : nil)
            ]
        }
    }

    private static func inputGradient(_ problem: Problem, tolerance: Tolerance = tolerance) -> OperationRow {
        OperationRow(
            "convolution2DInputGradient", problem.text,
            [problem.activation("outputGradient", problem.output), .input("filter", problem.filter)]
                + problem.addend(problem.input),
            tolerance: tolerance, work: problem.work
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
            tolerance: Tolerance(
                relative: 5e-6, reason: "sums in float32, in another order, and their squares, which err twice as much"),
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

    static let refusals = [
        forwardRefusal("an input that is no batch of images", input: [8, 8, 3], filter: [3, 3, 3, 4]),
        forwardRefusal("a filter without four dimensions", input: [1, 8, 8, 3], filter: [3, 3, 12]),
        forwardRefusal("channels that differ", input: [1, 8, 8, 3], filter: [3, 3, 4, 4]),
        forwardRefusal("stride 0", input: [1, 8, 8, 3], filter: [3, 3, 3, 4], stride: 0),
        forwardRefusal("padding −1", input: [1, 8, 8, 3], filter: [3, 3, 3, 4], padding: -1),
        forwardRefusal("a filter larger than the padded input", input: [1, 2, 2, 3], filter: [5, 5, 3, 4]),
        RefusalRow("convolution2D", "an input of integers") { backend in
            _ = try backend.convolution2D(
                try backend.makeTensor([1, 4, 4, 1], .int32), filter: try backend.tensor(repeating: 1, [3, 3, 1, 1]),
                stride: 1, padding: 1)
        },
        RefusalRow("convolution2D", "a filter of another backend", expected: .foreignTensor) { backend in
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, [1, 4, 4, 1]), filter: ForeignStorage.tensor([3, 3, 1, 1]),
                stride: 1, padding: 1)
        },
        RefusalRow("convolution2D", "a normalization of another number of channels") { backend in
            let row = try backend.tensor(repeating: 1, [15])
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, [1, 4, 4, 16]),
                normalizedBy: ChannelNormalization(
                    scale: row, shift: row, statistics: BatchStatistics(mean: row, inverseStandardDeviation: row),
                    negativeSlope: 0.1),
                filter: try backend.tensor(repeating: 1, [3, 3, 16, 16]), stride: 1, padding: 1, adding: nil,
                gatheringMoments: false)
        },
        RefusalRow("convolution2DInputGradient", "an output gradient of the wrong shape") { backend in
            _ = try backend.convolution2DInputGradient(
                try backend.tensor(repeating: 1, [1, 4, 5, 2]), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                inputShape: [1, 4, 4, 1], stride: 1, padding: 1)
        },
        RefusalRow("convolution2D", "a residual of the wrong shape") { backend in
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, [1, 4, 4, 1]), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                stride: 1, padding: 1, adding: try backend.tensor(repeating: 1, [1, 4, 4, 1]))
        },
        RefusalRow("convolution2D", "a residual of another type than the input") { backend in
            _ = try backend.convolution2D(
                try backend.makeTensor([1, 4, 4, 1], .float16), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                stride: 1, padding: 1, adding: try backend.tensor(repeating: 1, [1, 4, 4, 2]))
        },
        RefusalRow("convolution2D", "a filter of halves") { backend in
            _ = try backend.convolution2D(
                try backend.makeTensor([1, 4, 4, 1], .float16), filter: try backend.makeTensor([3, 3, 1, 2], .float16),
                stride: 1, padding: 1)
        },
        RefusalRow("convolution2DFilterGradient", "an output gradient of another type than the input") { backend in
            try backend.convolution2DFilterGradient(
                try backend.tensor(repeating: 1, [1, 4, 4, 2]), input: try backend.makeTensor([1, 4, 4, 3], .float16),
                stride: 1, padding: 1, into: try backend.makeTensor([3, 3, 3, 2], .float32))
        },
        RefusalRow("convolution2DInputGradient", "a received gradient of the wrong shape") { backend in
            _ = try backend.convolution2DInputGradient(
                try backend.tensor(repeating: 1, [1, 4, 4, 2]), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                inputShape: [1, 4, 4, 1], stride: 1, padding: 1, adding: try backend.tensor(repeating: 1, [1, 4, 4, 2]))
        },
        RefusalRow("convolution2DFilterGradient", "a destination of the wrong shape") { backend in
            try backend.convolution2DFilterGradient(
                try backend.tensor(repeating: 1, [1, 4, 4, 2]), input: try backend.tensor(repeating: 1, [1, 4, 4, 3]),
                stride: 1, padding: 1, into: try backend.makeTensor([3, 3, 2, 3], .float32))
        },
        RefusalRow("convolution2DFilterGradient", "an output gradient of the wrong shape") { backend in
            try backend.convolution2DFilterGradient(
                try backend.tensor(repeating: 1, [2, 4, 4, 2]), input: try backend.tensor(repeating: 1, [1, 4, 4, 3]),
                stride: 1, padding: 1, into: try backend.makeTensor([3, 3, 3, 2], .float32))
        },
    ]

    private static func forwardRefusal(
        _ mistake: String, input: Shape, filter: Shape, stride: Int = 1, padding: Int = 1
    ) -> RefusalRow {
        RefusalRow("convolution2D", mistake) { backend in
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, input), filter: try backend.tensor(repeating: 1, filter),
                stride: stride, padding: padding)
        }
    }
}
