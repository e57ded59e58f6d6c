import NeuralNetworks

/// `optimizer.*` and `schedule.*`: how parameters follow their gradients, and the learning rate.
public struct OptimizerSettings: Sendable {
    /// `optimizer.name` with what belongs to it.
    public enum Rule: Sendable {
        /// `sgd`: stochastic gradient descent with `optimizer.momentum`; with `optimizer.nesterov` it looks ahead along the
        /// new velocity.
        case stochasticGradientDescent(momentum: Double, nesterov: Bool)
        /// `adam`, whose moments keep `optimizer.first_decay` and `optimizer.second_decay`; AdamW with
        /// `optimizer.decoupled_weight_decay`.
        case adam(firstDecay: Double, secondDecay: Double, decoupledWeightDecay: Bool)
    }

    /// `optimizer.name` with what belongs to it.
    public let rule: Rule
    /// `optimizer.learning_rate`, which the schedule multiplies.
    public let learningRate: Double
    /// `optimizer.weight_decay`.
    public let weightDecay: Double
    /// `optimizer.decay_scales_and_biases`: whether weight decay also applies to batch normalization and biases.
    public let decayScalesAndBiases: Bool
    /// `schedule.*`.
    public let schedule: ScheduleSettings

    /// An optimizer of one arena with these settings.
    ///
    /// - Parameters:
    ///   - weightDecay: in place of the recipe's, where a stage has its own.
    ///   - names: the parameters that are moved; nil for all.
    /// - Throws: what the backend throws where memory is short.
    func optimizer(
        of parameters: ParameterArena, weightDecay: Double? = nil, moving names: Set<String>? = nil
    ) throws -> any Optimizer {
        let decay = Float(weightDecay ?? self.weightDecay)
        switch rule {
        case .stochasticGradientDescent(let momentum, let nesterov):
            return try StochasticGradientDescent(
                parameters, momentum: Float(momentum), nesterov: nesterov, weightDecay: decay,
                weightDecaySkipsBatchNormalizationAndBias: !decayScalesAndBiases, moving: names)
        case .adam(let firstDecay, let secondDecay, let decoupledWeightDecay):
            return try Adam(
                parameters, firstDecay: Float(firstDecay), secondDecay: Float(secondDecay), weightDecay: decay,
                decoupledWeightDecay: decoupledWeightDecay,
                weightDecaySkipsBatchNormalizationAndBias: !decayScalesAndBiases, moving: names)
        }
    }
}

/// `schedule.*`: how the learning rate changes.
public struct ScheduleSettings: Sendable {
    /// `schedule.name`.
    public enum Name: String, CaseIterable, Sendable {
        /// The same all the time.
        case constant
        /// `cos(7π/16 · step/steps)`, as FixMatch has it.
        case cosine
        /// `(1 + cos(π · step/steps)) / 2`, down to 0.
        case annealing
        /// Multiplied by `schedule.factor` at each of `schedule.milestones`.
        case milestones
    }

    /// `schedule.name`.
    public let name: Name
    /// `schedule.warm_up_steps`: the learning rate rises linearly from 0 over so many steps.
    public let warmUpSteps: Int
    /// `schedule.factor`: of the milestones; 1 for the other schedules.
    public let factor: Double
    /// `schedule.milestones`: steps; nil for 80 % and 90 % of all.
    public let milestones: [Int]?
}

extension OptimizerSettings {
    private enum Name: String, CaseIterable {
        case sgd, adam
    }

    init(_ reader: inout RecipeReader) throws {
        let name: Name = try reader.choice("optimizer.name", default: .sgd)
        learningRate = try reader.number("optimizer.learning_rate", .positive)
        switch name {
        case .sgd:
            rule = .stochasticGradientDescent(
                momentum: try reader.number("optimizer.momentum", .belowOne, default: 0.9),
                nesterov: try reader.flag("optimizer.nesterov", default: true))
        case .adam:
            rule = .adam(
                firstDecay: try reader.number("optimizer.first_decay", .belowOne, default: 0.9),
                secondDecay: try reader.number("optimizer.second_decay", .belowOne, default: 0.999),
                decoupledWeightDecay: try reader.flag("optimizer.decoupled_weight_decay", default: false))
        }
        weightDecay = try reader.number("optimizer.weight_decay", .notNegative, default: 5e-4)
        decayScalesAndBiases = try reader.flag("optimizer.decay_scales_and_biases", default: true)
        schedule = try ScheduleSettings(&reader)
    }

    /// What DASO's code trains CIFAR-10-LT with.
    static let published = OptimizerSettings(
        rule: .stochasticGradientDescent(momentum: 0.9, nesterov: true), learningRate: 0.03, weightDecay: 5e-4,
        decayScalesAndBiases: true,
        schedule: ScheduleSettings(name: .constant, warmUpSteps: 0, factor: 1, milestones: nil))
}

extension ScheduleSettings {
    init(_ reader: inout RecipeReader) throws {
        name = try reader.choice("schedule.name", default: .constant)
        warmUpSteps = try reader.integer("schedule.warm_up_steps", from: 0, default: 0)
        factor = name == .milestones ? try reader.number("schedule.factor", .positive) : 1
        milestones = name == .milestones ? try reader.optionalSteps("schedule.milestones") : nil
    }
}
