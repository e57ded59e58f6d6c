/// `evaluation.*`: how the test images are classified.
public struct EvaluationSettings: Sendable {
    /// `evaluation.logit_adjustment`: τ of a logit adjustment after training; nil for none, which 0 stands for.
    public let logitAdjustment: Double?

    private static let logitAdjustmentKey = "evaluation.logit_adjustment"

    /// Nothing out of the ordinary.
    init() {
        logitAdjustment = nil
    }

    init(_ reader: inout RecipeReader) throws {
        func read(_ reader: inout RecipeReader) throws -> Double {
            try reader.number(Self.logitAdjustmentKey, .notNegative, default: 0)
        }
        let isOff = try reader.withoutNoting(read) == 0
        logitAdjustment = isOff ? nil : try read(&reader)
    }
}
