import Tensors

/// Rows of the updates over whole arenas of parameters.
enum OptimizerRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        // WideResNet-28-2 has 1.5 million parameters.
        suite.choose(small: [1, 17, 300], standard: [0, 4099, 20_011], bench: [1_500_000]).flatMap { count in
            gradientDescent(count) + adam(count) + [movingAverage(count)]
        }
    }

    private static let tolerance = Tolerance(relative: 1e-6, reason: "a few roundings, fused or not")

    private static func gradientDescent(_ count: Int) -> [OperationRow] {
        let steps = [
            (
                "plain",
                StochasticGradientDescentStep(learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0)
            ),
            (
                "momentum",
                StochasticGradientDescentStep(learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 5e-4)
            ),
            (
                "nesterov",
                StochasticGradientDescentStep(learningRate: 0.03, momentum: 0.9, nesterov: true, weightDecay: 5e-4)
            ),
            (
                "scaled",
                StochasticGradientDescentStep(
                    learningRate: 0.03, momentum: 0.9, nesterov: true, weightDecay: 5e-4, gradientScale: 0x1p-10)
            ),
        ]
        return steps.map { name, step in
            let arguments: [Argument] =
                [.updated("parameters", [count]), .input("gradients", [count])]
                + (step.momentum == 0 ? [] : [.updated("velocity", [count])])
            return OperationRow(
                "stochasticGradientDescentStep", "\(name) n\(count)", arguments, tolerance: tolerance,
                work: .moving(floats: (step.momentum == 0 ? 3 : 5) * count)
            ) { backend, arguments in
                try backend.stochasticGradientDescentStep(
                    step, parameters: arguments["parameters"], gradients: arguments["gradients"],
                    velocity: step.momentum == 0 ? nil : arguments["velocity"])
                return [:]
            }
        }
    }

    private static func adam(_ count: Int) -> [OperationRow] {
        [false, true].flatMap { decoupled in
            [1, 10].map { time in
                let step = AdamStep(
                    learningRate: 0.01, firstDecay: 0.9, secondDecay: 0.999, epsilon: 1e-8, weightDecay: 0.05,
                    decoupledWeightDecay: decoupled, step: time, gradientScale: decoupled ? 0.5 : 1)
                // Moments as step `time` finds them: zeros at the first.
                let moment: Filling = time == 1 ? .constant(0) : .uniform(-0.5...0.5)
                let square: Filling = time == 1 ? .constant(0) : .uniform(0.01...0.1)
                return OperationRow(
                    "adamStep", "\(decoupled ? "decoupled " : "")t\(time) n\(count)",
                    [
                        .updated("parameters", [count]), .input("gradients", [count], .awayFromZero(0.1...1)),
                        .updated("firstMoment", [count], moment), .updated("secondMoment", [count], square),
                    ],
                    tolerance: Tolerance(relative: 5e-6, reason: "1 − βᵗ cancels: 0.001 is known to 6e-5 of itself"),
                    work: .moving(floats: 7 * count)
                ) { backend, arguments in
                    try backend.adamStep(
                        step, parameters: arguments["parameters"], gradients: arguments["gradients"],
                        firstMoment: arguments["firstMoment"], secondMoment: arguments["secondMoment"])
                    return [:]
                }
            }
        }
    }

    private static func movingAverage(_ count: Int) -> OperationRow {
        OperationRow(
            "exponentialMovingAverage", "n\(count)", [.updated("average", [count]), .input("value", [count])],
            tolerance: tolerance, work: .moving(floats: 3 * count)
        ) { backend, arguments in
            try backend.exponentialMovingAverage(arguments["average"], of: arguments["value"], decay: 0.99)
            return [:]
        }
    }

    static let refusals = [
        RefusalRow("stochasticGradientDescentStep", "gradients of the wrong length") { backend in
            try backend.stochasticGradientDescentStep(
                StochasticGradientDescentStep(learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0),
                parameters: try backend.tensor(repeating: 1, [4]), gradients: try backend.tensor(repeating: 1, [5]),
                velocity: nil)
        },
        RefusalRow("stochasticGradientDescentStep", "momentum without a velocity") { backend in
            try backend.stochasticGradientDescentStep(
                StochasticGradientDescentStep(learningRate: 1, momentum: 0.9, nesterov: false, weightDecay: 0),
                parameters: try backend.tensor(repeating: 1, [4]), gradients: try backend.tensor(repeating: 1, [4]),
                velocity: nil)
        },
        RefusalRow("stochasticGradientDescentStep", "parameters of another backend", expected: .foreignTensor) {
            backend in
            try backend.stochasticGradientDescentStep(
                StochasticGradientDescentStep(learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0),
                parameters: ForeignStorage.tensor([4]), gradients: try backend.tensor(repeating: 1, [4]),
                velocity: nil)
        },
        RefusalRow("adamStep", "a moment of the wrong length") { backend in
            try backend.adamStep(
                AdamStep(
                    learningRate: 1, firstDecay: 0.9, secondDecay: 0.999, epsilon: 1e-8, weightDecay: 0,
                    decoupledWeightDecay: false, step: 1),
                parameters: try backend.tensor(repeating: 1, [4]), gradients: try backend.tensor(repeating: 1, [4]),
                firstMoment: try backend.tensor(repeating: 1, [3]), secondMoment: try backend.tensor(repeating: 1, [4])
            )
        },
        RefusalRow("exponentialMovingAverage", "lengths that differ") { backend in
            try backend.exponentialMovingAverage(
                try backend.tensor(repeating: 1, [4]), of: try backend.tensor(repeating: 1, [5]), decay: 0.9)
        },
    ]
}
