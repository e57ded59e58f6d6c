/// `optimizer.*` and `schedule.*`: stochastic gradient descent and its learning rate.
public struct OptimizerSettings: Sendable {
    /// `optimizer.learning_rate`, which the schedule multiplies.
    public let learningRate: Double
    /// `optimizer.momentum`.
    public let momentum: Double
    /// `optimizer.nesterov`: look ahead along the new velocity.
    public let nesterov: Bool
    /// `optimizer.weight_decay`.
    public let weightDecay: Double
    /// `optimizer.decay_scales_and_biases`: whether weight decay also applies to batch normalization and biases.
    public let decayScalesAndBiases: Bool
    /// `schedule.*`.
    public let schedule: ScheduleSettings
}

/// `schedule.*`: how the learning rate changes.
public struct ScheduleSettings: Sendable {
    /// `schedule.name`.
    public enum Name: String, CaseIterable, Sendable {
        /// The same all the time.
        case constant
        /// `cos(7π/16 · step/steps)`, as FixMatch has it.
        case cosine
        /// Multiplied by `schedule.factor` at 80 % and again at 90 % of the steps.
        case milestones
    }

    /// `schedule.name`.
    public let name: Name
    /// `schedule.warm_up_steps`: the learning rate rises linearly from 0 over so many steps.
    public let warmUpSteps: Int
    /// `schedule.factor`: of the milestones; 1 for the other schedules.
    public let factor: Double
}

extension OptimizerSettings {
    init(_ reader: inout RecipeReader) throws {
        learningRate = try reader.number("optimizer.learning_rate", .positive)
        momentum = try reader.number("optimizer.momentum", .belowOne, default: 0.9)
        nesterov = try reader.flag("optimizer.nesterov", default: true)
        weightDecay = try reader.number("optimizer.weight_decay", .notNegative, default: 5e-4)
        decayScalesAndBiases = try reader.flag("optimizer.decay_scales_and_biases", default: true)
        schedule = try ScheduleSettings(&reader)
    }

    /// What DASO's code trains CIFAR-10-LT with.
    static let published = OptimizerSettings(
        learningRate: 0.03, momentum: 0.9, nesterov: true, weightDecay: 5e-4, decayScalesAndBiases: true,
        schedule: ScheduleSettings(name: .constant, warmUpSteps: 0, factor: 1))
}

extension ScheduleSettings {
    init(_ reader: inout RecipeReader) throws {
        name = try reader.choice("schedule.name", default: .constant)
        warmUpSteps = try reader.integer("schedule.warm_up_steps", from: 0, default: 0)
        factor = name == .milestones ? try reader.number("schedule.factor", .positive) : 1
    }
}
