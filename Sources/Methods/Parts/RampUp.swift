/// A weight that rises from 0 to 1 in equal steps over the first part of a run.
struct RampUp {
    /// The steps that it takes.
    private let length: Double

    /// A rise over `fraction` of `totalSteps`; the weight is 1 at once where that is nothing.
    init(fraction: Double, totalSteps: Int) {
        length = fraction * Double(totalSteps)
    }

    /// `min(step / length, 1)` at the 0-based step.
    func weight(at step: Int) -> Float {
        length > 0 ? Float(min(max(Double(step) / length, 0), 1)) : 1
    }
}
