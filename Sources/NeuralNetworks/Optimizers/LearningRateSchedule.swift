import Foundation

/// The learning rate as a pure function of the step: nothing to save, and resuming is exact.
public enum LearningRateSchedule: Hashable, Sendable {
    /// The same rate throughout: DASO.
    case constant
    /// A linear rise over `warmUpSteps`, then `base · max(0, cos(π · cycles · progress))`, progress running from 0 to 1
    /// over the steps that remain. FixMatch takes 7/16 cycles.
    case cosine(totalSteps: Int, warmUpSteps: Int = 0, cycles: Double = 7.0 / 16.0)
    /// A linear rise over `warmUpSteps`, then `base · (1 + cos(π · progress)) / 2`, progress running from 0 to 1 over the steps
    /// that remain: Loshchilov, Hutter, "SGDR", ICLR 2017, without restarts; PyTorch's `CosineAnnealingLR`.
    case annealing(totalSteps: Int, warmUpSteps: Int = 0)
    /// A linear rise over `warmUpSteps`; at each milestone the rate is multiplied by `factor`.
    case step(milestones: [Int], factor: Double, warmUpSteps: Int = 0)

    /// The learning rate of a 0-based step.
    public func learningRate(base: Double, step: Int) -> Double {
        switch self {
        case .constant:
            return base
        case .cosine(let totalSteps, let warmUpSteps, let cycles):
            guard step >= warmUpSteps else { return base * Double(step) / Double(warmUpSteps) }
            return base * max(0, cos(.pi * cycles * Self.progress(step, totalSteps, warmUpSteps)))
        case .annealing(let totalSteps, let warmUpSteps):
            guard step >= warmUpSteps else { return base * Double(step) / Double(warmUpSteps) }
            let progress = min(Self.progress(step, totalSteps, warmUpSteps), 1)
            return base * (1 + cos(.pi * progress)) / 2
        case .step(let milestones, let factor, let warmUpSteps):
            let rise = warmUpSteps > 0 ? min(Double(step) / Double(warmUpSteps), 1) : 1
            return base * rise * pow(factor, Double(milestones.count { $0 <= step }))
        }
    }

    /// The part of the steps behind the warm-up that is over.
    private static func progress(_ step: Int, _ totalSteps: Int, _ warmUpSteps: Int) -> Double {
        Double(step - warmUpSteps) / Double(max(1, totalSteps - warmUpSteps))
    }
}
