import Methods
import NeuralNetworks
import Tensors

/// Replays the golden cases of the labelled images' losses: one step of a supervised method, which is what computes them
/// in training too.
enum LabelledLossGoldens {
    static let handlers: [String: GoldenHandler] = [
        "loss_logit_adjustment": loss(LogitAdjustedOptions.self, renaming: ["tau": "logit_adjustment_tau"]),
        "loss_balanced_softmax": loss(BalancedSoftmaxOptions.self),
        "loss_class_balanced": loss(ClassBalancedOptions.self, renaming: ["beta": "class_balanced_beta"]),
        "loss_ldam": loss(
            LabelDistributionAwareMarginOptions.self,
            renaming: [
                "maximum_margin": "ldam_maximum_margin", "scale": "ldam_scale",
                "reweight_beta": "ldam_reweight_beta",
            ]),
        "loss_gce": loss(
            GeneralizedCrossEntropyOptions.self, renaming: ["q": "gce_q", "truncation": "gce_truncation"]),
        "loss_la_gce": loss(
            LogitAdjustedGeneralizedCrossEntropyOptions.self,
            renaming: ["q": "gce_q", "tau": "logit_adjustment_tau"]),
        "loss_sce": loss(
            SymmetricCrossEntropyOptions.self,
            renaming: ["alpha": "sce_alpha", "beta": "sce_beta", "log_zero": "sce_log_zero"]),
        "loss_mae": loss(MeanAbsoluteErrorOptions.self),
        "loss_super": loss(SuperLossOptions.self, renaming: ["lambda": "super_loss_lambda"]),
        "elr": MethodGoldens.composed(
            SupervisedOptions.self, loss: EarlyLearningRegularizationOptions.self,
            renaming: ["decay": "elr_decay", "weight": "elr_weight", "clamp": "elr_clamp"]),
    ]

    /// The step is that after a run of one step, so what begins late in a run has begun.
    private static func loss<Part: LabelledLossPart>(
        _ part: Part.Type, renaming: [String: String] = [:]
    ) -> GoldenHandler {
        .onEachBackend { golden, backend in
            let composition = try MethodComposition(
                base: SupervisedOptions(), loss: golden.attributes(as: part, renaming: renaming))
            let method = try composition.makeMethod(
                at: MethodSite(
                    prior: MethodGoldens.prior(of: golden), unlabelledCount: 1, featureWidth: 1, totalSteps: 1,
                    backend: backend))
            let logits = Variable(try backend.input("logits", of: golden), requiresGradient: true)
            let tape = Tape(on: backend)
            let outputs = try method.step(
                StepInputs(
                    step: 1, labels: golden.input("labels").integers(),
                    labelled: ViewOutputs(logits: logits, features: logits),
                    draw: { name, _ in throw GoldenError.badFile(golden.caseName, problem: "\(name) is drawn") }),
                on: tape)
            var results = try outputs.observations()
            results["loss"] = outputs.total.value
            results["per_sample"] = outputs.labelledLosses
            try tape.backward(from: outputs.total)
            results["dlogits"] = logits.gradient
            return try backend.read(results)
        }
    }
}
