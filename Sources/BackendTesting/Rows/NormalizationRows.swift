import Tensors

/// Rows of batch normalization with the leaky ReLU fused into it.
enum NormalizationRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        problems(suite).flatMap { [training($0), trainingGradient($0), inference($0)] }
            + suite.choose(
                small: [Problem(shape: [2, 3, 3, 17]), Problem(shape: [2, 4, 4, 16], slope: 0)],
                standard: [Problem(shape: [4, 8, 8, 32])], bench: [Problem(shape: [64, 32, 32, 32])]
            ).map { trainingGradient($0, hasAddend: true) }
            + suite.choose(
                small: [
                    Problem(shape: [2, 3, 3, 17], activations: .float16),
                    Problem(shape: [2, 4, 4, 16], slope: 0, activations: .float16),
                ],
                standard: [
                    Problem(shape: [4, 8, 8, 32], activations: .float16),
                    Problem(shape: [64, 10], activations: .float16),
                ],
                bench: [Problem(shape: [64, 32, 32, 32], activations: .float16)]
            ).flatMap { [training($0), trainingGradient($0, hasAddend: true), inference($0)] }
    }

    /// A shape, the slope below zero and where the inputs lie.
    private struct Problem {
        let shape: Shape
        var slope: Float = 0.1
        /// Added to every input. A large one makes E[x²] − E[x]² fail.
        var offset: Float = 0
        /// What input, output and their gradients hold.
        var activations = ElementType.float32

        let epsilon: Float = 1e-5
        let momentum: Float = 0.1

        var channels: Shape { [shape.columns] }
        var text: String {
            let extents = zip(["n", "h", "w", "c"].suffix(shape.rank), shape.dimensions).map { "\($0)\($1)" }
            let base = (shape.rank == 2 ? ["n\(shape[0])", "c\(shape[1])"] : extents).joined(separator: " ")
            return "\(base) slope\(slope)" + (offset == 0 ? "" : " mean\(offset)")
                + (activations == .float16 ? " half" : "")
        }

        /// Nothing lies near the channel's mean, so that no rounding decides on which side of the kink z is.
        var input: Argument {
            let offset = offset
            return .input(
                "input", shape,
                Filling { shape, generator, _ in
                    try HostTensor(
                        (0..<shape.count).map { index in
                            // Signs alternate along each channel: its mean is near the offset.
                            let row = index / shape.columns
                            let magnitude = 0.75 + 0.5 * generator.uniform()
                            return offset + (row % 2 == 0 ? magnitude : -magnitude)
                        }, shape: shape)
                }.stored(as: activations))
        }
        var scale: Argument { .input("scale", channels, .uniform(0.5...1.5)) }
        var shift: Argument { .input("shift", channels, .uniform(-0.05...0.05)) }

        /// An activation's gradient.
        func gradient(_ name: String) -> Argument { .input(name, shape, .uniform(-1...1).stored(as: activations)) }

        func work(_ tensors: Int, _ operations: Int) -> Work {
            Work(
                floatingPointOperations: operations * shape.count, bytes: activations.byteCount * tensors * shape.count)
        }

        var tolerance: Tolerance {
            offset == 0
                ? Tolerance(
                    relative: 5e-6,
                    // Of two elements the gradient is 0 but for epsilon: what is left of numbers near 1 that cancel.
                    absolute: shape.rows == 2 ? 1e-6 : 0,
                    reason: "sums over all pixels of a channel in another order")
                : Tolerance(relative: 5e-4, reason: "inputs near 1000 are known to 6e-5, their deviation is about 1")
        }
    }

    private static func problems(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(shape: [2, 1, 1, 1]),
                Problem(shape: [1, 3, 2, 7], slope: 1),
                Problem(shape: [2, 3, 3, 17]),
                Problem(shape: [2, 4, 4, 16], slope: 0),
                Problem(shape: [16, 5]),
                Problem(shape: [2, 72]),
            ],
            standard: [
                Problem(shape: [3, 5, 4, 33]),
                Problem(shape: [4, 8, 8, 32]),
                Problem(shape: [5, 9, 7, 64], slope: 0.01),
                Problem(shape: [2, 4, 4, 128]),
                Problem(shape: [2, 28, 28, 3]),
                Problem(shape: [64, 10]),
                Problem(shape: [4, 32, 32, 8]),
                Problem(shape: [2, 6, 6, 8], offset: 1000),
                Problem(shape: [4, 16, 16, 16], offset: -1000),
            ],
            bench: [
                Problem(shape: [64, 32, 32, 16]), Problem(shape: [64, 32, 32, 32]), Problem(shape: [64, 16, 16, 64]),
                Problem(shape: [64, 8, 8, 128]),
            ])
    }

    private static func training(_ problem: Problem) -> OperationRow {
        OperationRow(
            "batchNormalizationTraining", problem.text,
            [
                problem.input, problem.scale, problem.shift, .updated("runningMean", problem.channels),
                .updated("runningVariance", problem.channels, .uniform(0.5...2)),
            ],
            tolerance: problem.tolerance, work: problem.work(3, 8)
        ) { backend, arguments in
            let (output, normalization) = try backend.batchNormalizationTraining(
                arguments["input"], scale: arguments["scale"], shift: arguments["shift"],
                runningMean: arguments["runningMean"], runningVariance: arguments["runningVariance"],
                epsilon: problem.epsilon, momentum: problem.momentum, negativeSlope: problem.slope)
            return [
                "output": output, "mean": normalization.statistics.mean,
                "inverseStandardDeviation": normalization.statistics.inverseStandardDeviation,
            ]
        }
    }

    private static func trainingGradient(_ problem: Problem, hasAddend: Bool = false) -> OperationRow {
        OperationRow(
            "batchNormalizationTrainingGradient", problem.text + (hasAddend ? " adding" : ""),
            [
                problem.input, problem.scale, problem.shift, problem.gradient("outputGradient"),
                .input("mean", problem.channels, .computed { try statistics(of: $0, epsilon: problem.epsilon).mean }),
                .input(
                    "inverseStandardDeviation", problem.channels,
                    .computed { try statistics(of: $0, epsilon: problem.epsilon).inverseStandardDeviation }),
                .destination("scaleGradient", problem.channels), .destination("shiftGradient", problem.channels),
            ] + (hasAddend ? [problem.gradient("addend")] : []),
            tolerance: problem.tolerance, work: problem.work(hasAddend ? 6 : 5, 12)
        ) { backend, arguments in
            [
                "inputGradient": try backend.batchNormalizationTrainingGradient(
                    arguments["outputGradient"], input: arguments["input"],
                    normalization: ChannelNormalization(
                        scale: arguments["scale"], shift: arguments["shift"],
                        statistics: BatchStatistics(
                            mean: arguments["mean"], inverseStandardDeviation: arguments["inverseStandardDeviation"]),
                        negativeSlope: problem.slope),
                    intoScale: arguments["scaleGradient"], intoShift: arguments["shiftGradient"],
                    adding: hasAddend ? arguments["addend"] : nil)
            ]
        }
    }

    private static func inference(_ problem: Problem) -> OperationRow {
        OperationRow(
            "batchNormalizationInference", problem.text,
            [
                problem.input, problem.scale, problem.shift,
                .input("runningMean", problem.channels, .uniform(problem.offset - 0.5...problem.offset + 0.5)),
                .input("runningVariance", problem.channels, .uniform(0.5...2)),
            ],
            tolerance: problem.tolerance, work: problem.work(2, 4)
        ) { backend, arguments in
            [
                "output": try backend.batchNormalizationInference(
                    arguments["input"], scale: arguments["scale"], shift: arguments["shift"],
                    runningMean: arguments["runningMean"], runningVariance: arguments["runningVariance"],
                    epsilon: problem.epsilon, negativeSlope: problem.slope)
            ]
        }
    }

    /// What the forward pass would keep of the argument `input`, in double precision.
    private static func statistics(
        of hosts: [String: HostTensor], epsilon: Float
    ) throws -> (mean: [Float], inverseStandardDeviation: [Float]) {
        guard let input = hosts["input"] else { return ([], []) }
        let (values, channels, rows) = (input.doubles, input.shape.columns, Double(input.shape.rows))
        var means: [Float] = []
        var inverses: [Float] = []
        for channel in 0..<channels {
            let column = stride(from: channel, to: values.count, by: channels).map { values[$0] }
            let mean = column.reduce(0, +) / rows
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / rows
            means.append(Float(mean))
            inverses.append(Float(1 / (variance + Double(epsilon)).squareRoot()))
        }
        return (means, inverses)
    }

    /// Each row's forward and backward pass; the statistics go from one to the other as in training.
    static let gradients = [
        Problem(shape: [2, 3, 4, 3], slope: 1), Problem(shape: [2, 2, 3, 5]), Problem(shape: [8, 4], slope: 0),
    ].map { problem in
        @Sendable func run(
            _ backend: any Backend, _ arguments: PlacedArguments
        ) throws -> (output: Tensor, normalization: ChannelNormalization) {
            try backend.batchNormalizationTraining(
                arguments["input"], scale: arguments["scale"], shift: arguments["shift"],
                runningMean: arguments["runningMean"], runningVariance: arguments["runningVariance"],
                epsilon: problem.epsilon, momentum: problem.momentum, negativeSlope: problem.slope)
        }
        return GradientRow(
            "batchNormalizationTraining", problem.text,
            [
                problem.input, problem.scale, problem.shift, .updated("runningMean", problem.channels),
                .updated("runningVariance", problem.channels, .uniform(0.5...2)),
            ],
            differentiated: ["input", "scale", "shift"], step: 1.0 / 32
        ) { backend, arguments in
            try run(backend, arguments).output
        } backward: { backend, arguments, outputGradient in
            let scaleGradient = try backend.makeTensor(problem.channels, .float32)
            let shiftGradient = try backend.makeTensor(problem.channels, .float32)
            let inputGradient = try backend.batchNormalizationTrainingGradient(
                outputGradient, input: arguments["input"], normalization: try run(backend, arguments).normalization,
                intoScale: scaleGradient, intoShift: shiftGradient)
            return ["input": inputGradient, "scale": scaleGradient, "shift": shiftGradient]
        }
    }

    static let refusals = [
        refusal("a scale of the wrong length", channels: [3, 4, 4, 4]),
        refusal("a shift of the wrong length", channels: [4, 3, 4, 4]),
        refusal("a running mean of the wrong length", channels: [4, 4, 5, 4]),
        refusal("a running variance of the wrong length", channels: [4, 4, 4, 5]),
        refusal("an input of integers", type: .int32),
        RefusalRow("batchNormalizationTraining", "a scale of another backend", expected: .foreignTensor) { backend in
            let row = try backend.tensor(repeating: 1, [4])
            _ = try backend.batchNormalizationTraining(
                try backend.tensor(repeating: 1, [2, 3, 3, 4]), scale: ForeignStorage.tensor([4]), shift: row,
                runningMean: row, runningVariance: row, epsilon: 1e-5, momentum: 0.1, negativeSlope: 0.1)
        },
        RefusalRow("batchNormalizationTrainingGradient", "an output gradient of the wrong shape") { backend in
            _ = try backend.batchNormalizationTrainingGradient(
                try backend.tensor(repeating: 1, [2, 3, 2, 4]), input: try backend.tensor(repeating: 1, [2, 3, 3, 4]),
                normalization: try anyNormalization(on: backend), intoScale: try backend.makeTensor([4], .float32),
                intoShift: try backend.makeTensor([4], .float32))
        },
        RefusalRow("batchNormalizationTrainingGradient", "a received gradient of the wrong shape") { backend in
            let input = try backend.tensor(repeating: 1, [2, 3, 3, 4])
            _ = try backend.batchNormalizationTrainingGradient(
                input, input: input, normalization: try anyNormalization(on: backend),
                intoScale: try backend.makeTensor([4], .float32), intoShift: try backend.makeTensor([4], .float32),
                adding: try backend.tensor(repeating: 1, [2, 3, 2, 4]))
        },
        RefusalRow("batchNormalizationInference", "a slope above 1") { backend in
            let row = try backend.tensor(repeating: 1, [4])
            _ = try backend.batchNormalizationInference(
                try backend.tensor(repeating: 1, [2, 3, 3, 4]), scale: row, shift: row, runningMean: row,
                runningVariance: row, epsilon: 1e-5, negativeSlope: 1.1)
        },
        RefusalRow("batchNormalizationInference", "a running mean of the wrong length") { backend in
            let row = try backend.tensor(repeating: 1, [4])
            _ = try backend.batchNormalizationInference(
                try backend.tensor(repeating: 1, [2, 3, 3, 4]), scale: row, shift: row,
                runningMean: try backend.tensor(repeating: 1, [5]), runningVariance: row, epsilon: 1e-5,
                negativeSlope: 0.1)
        },
    ]

    /// Of 4 channels.
    private static func anyNormalization(on backend: any Backend) throws -> ChannelNormalization {
        let row = try backend.tensor(repeating: 1, [4])
        return ChannelNormalization(
            scale: row, shift: row, statistics: BatchStatistics(mean: row, inverseStandardDeviation: row),
            negativeSlope: 0.1)
    }

    /// - Parameter channels: lengths of scale, shift, running mean and running variance; 4 is right.
    private static func refusal(
        _ mistake: String, channels: [Int] = [4, 4, 4, 4], type: ElementType = .float32
    ) -> RefusalRow {
        RefusalRow("batchNormalizationTraining", mistake) { backend in
            let rows = try channels.map { try backend.tensor(repeating: 1, [$0]) }
            let input = try backend.makeTensor([2, 3, 3, 4], type)
            try backend.fill(input, with: 1)
            _ = try backend.batchNormalizationTraining(
                input, scale: rows[0], shift: rows[1], runningMean: rows[2], runningVariance: rows[3], epsilon: 1e-5,
                momentum: 0.1, negativeSlope: 0.1)
        }
    }
}
