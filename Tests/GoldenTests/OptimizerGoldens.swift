import NeuralNetworks
import Tensors

/// Replays the golden cases of kind `optimizer`: several steps, the state being carried by the backend; and schedules.
enum OptimizerGoldens {
    static let handlers: [String: GoldenHandler] = [
        "sgd": .onEachBackend(stochasticGradientDescent),
        "adam": .onEachBackend { try adam($0, on: $1, decoupledWeightDecay: false) },
        "adamw": .onEachBackend { try adam($0, on: $1, decoupledWeightDecay: true) },
        "ema": .onEachBackend(movingAverage),
        "cosine_schedule": .onHost { golden in
            try learningRates(
                of: golden,
                .cosine(
                    totalSteps: golden.attribute("total_steps"), warmUpSteps: golden.attribute("warm_up_steps"),
                    cycles: golden.attribute("cycles")))
        },
        "step_schedule": .onHost { golden in
            try learningRates(
                of: golden,
                .step(
                    milestones: golden.attribute("milestones"), factor: golden.attribute("factor"),
                    warmUpSteps: golden.attribute("warm_up_steps")))
        },
    ]

    private static func learningRates(
        of golden: GoldenFile, _ schedule: LearningRateSchedule
    ) throws -> [String: HostTensor] {
        let base: Double = try golden.attribute("base_learning_rate")
        let steps = try golden.input("steps").integers()
        let rates = steps.map { Float(schedule.learningRate(base: base, step: Int($0))) }
        return ["learning_rate": try HostTensor(rates, shape: [rates.count])]
    }

    private static func stochasticGradientDescent(
        _ golden: GoldenFile, on backend: any Backend
    ) throws -> [String: HostTensor] {
        let step = StochasticGradientDescentStep(
            learningRate: try golden.attribute("learning_rate"), momentum: try golden.attribute("momentum"),
            nesterov: try golden.attribute("nesterov"), weightDecay: try golden.attribute("weight_decay"))
        return try forEachParameter(of: golden) { index in
            let parameters = try backend.input("parameter.\(index)", of: golden)
            let velocity = step.momentum == 0 ? nil : try backend.tensor(repeating: 0, parameters.shape)
            return { time in
                try backend.stochasticGradientDescentStep(
                    step, parameters: parameters,
                    gradients: try backend.input("\(time).gradient.\(index)", of: golden), velocity: velocity)
                var results = ["\(time).parameter.\(index)": parameters]
                results["\(time).state.velocity.\(index)"] = velocity
                return try backend.read(results)
            }
        }
    }

    private static func adam(
        _ golden: GoldenFile, on backend: any Backend, decoupledWeightDecay: Bool
    ) throws -> [String: HostTensor] {
        var step = AdamStep(
            learningRate: try golden.attribute("learning_rate"), firstDecay: try golden.attribute("beta1"),
            secondDecay: try golden.attribute("beta2"), epsilon: try golden.attribute("epsilon"),
            weightDecay: try golden.attribute("weight_decay"), decoupledWeightDecay: decoupledWeightDecay, step: 0)
        return try forEachParameter(of: golden) { index in
            let parameters = try backend.input("parameter.\(index)", of: golden)
            let firstMoment = try backend.tensor(repeating: 0, parameters.shape)
            let secondMoment = try backend.tensor(repeating: 0, parameters.shape)
            step.step = 0
            return { time in
                step.step += 1
                try backend.adamStep(
                    step, parameters: parameters,
                    gradients: try backend.input("\(time).gradient.\(index)", of: golden), firstMoment: firstMoment,
                    secondMoment: secondMoment)
                return try backend.read([
                    "\(time).parameter.\(index)": parameters,
                    "\(time).state.first_moment.\(index)": firstMoment,
                    "\(time).state.second_moment.\(index)": secondMoment,
                ])
            }
        }
    }

    private static func movingAverage(
        _ golden: GoldenFile, on backend: any Backend
    ) throws -> [String: HostTensor] {
        let average = try backend.input("ema.0", of: golden)
        let limit: Double = try golden.attribute("decay")
        let warmsUp: Bool = try golden.attribute("warm_up")
        let steps: Int = try golden.attribute("steps")
        let decays = (0..<steps).map {
            Float(warmsUp ? ExponentialMovingAverage.decay(step: $0, limit: limit) : limit)
        }
        var results = ["decay": try HostTensor(decays, shape: [decays.count])]
        for (step, decay) in decays.enumerated() {
            let time = GoldenFile.time(step)
            try backend.exponentialMovingAverage(
                average, of: try backend.input("\(time).parameter.0", of: golden), decay: decay)
            results["\(time).ema.0"] = try backend.read(average)
        }
        return results
    }

    /// Runs all steps for parameter 0, then for parameter 1, and so on: each has a state of its own.
    ///
    /// - Parameter start: makes the state of one parameter, and returns what one step of it does.
    private static func forEachParameter(
        of golden: GoldenFile, start: (_ index: Int) throws -> (_ time: String) throws -> [String: HostTensor]
    ) throws -> [String: HostTensor] {
        let steps: Int = try golden.attribute("steps")
        var results: [String: HostTensor] = [:]
        var index = 0
        while golden.inputs["parameter.\(index)"] != nil {
            let step = try start(index)
            for time in 0..<steps {
                results.merge(try step(GoldenFile.time(time))) { _, new in new }
            }
            index += 1
        }
        return results
    }
}

extension GoldenFile {
    /// The prefix of a step's tensors: `t007`.
    static func time(_ step: Int) -> String {
        let digits = String(step)
        return "t" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
