import CPUBackend
import Foundation
import SyntheticData

@testable import Training

/// Runs of a minute network on a minute data set, in a temporary folder that goes with the test.
final class TinyRuns {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "equipoise-training-\(UUID().uuidString)"
        try SyntheticFashionMNIST.write(to: folder + "/data", trainPerClass: 8, testPerClass: 1)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The methods' sections. DASO's prototypes and distribution take part from step 2 on, so that their state matters.
    static let methods = [
        "daso": "{base: fixmatch, rebalance: daso, warm_up_steps: 2, distribution_update_period: 2, "
            + "confidence_threshold: 0.2}",
        // Two strong views, uniform draws, a second head that predicts.
        "abc": "{base: fixmatch, rebalance: abc, strong_views: 2, confidence_threshold: 0.2}",
        "daso+abc": "{base: fixmatch, rebalance: daso+abc, loss: logit-adjusted, warm_up_steps: 2, "
            + "distribution_update_period: 2, confidence_threshold: 0.2}",
        "fixmatch": "{base: fixmatch, confidence_threshold: 0.2}",
        "adello": "{base: fixmatch, rebalance: adello, distillation_start: 2, temperature: kl, "
            + "confidence_threshold: 0.2}",
        "udal": "{base: fixmatch, rebalance: udal, confidence_threshold: 0.2}",
        "debiaspl": "{base: fixmatch, rebalance: debiaspl, confidence_threshold: 0.2}",
        "darp": "{base: fixmatch, rebalance: darp, warm_up_steps: 1, refine_period: 2, confidence_threshold: 0.2}",
        "darp-estimated": "{base: fixmatch, rebalance: darp, assumed_distribution: estimated, warm_up_steps: 2, "
            + "estimate_period: 1, refine_period: 1, confidence_threshold: 0.2}",
        "crest-plus": "{base: fixmatch, rebalance: crest-plus, confidence_threshold: 0.2}",
        // Confident from the first step, so that the bank fills, overflows and is drawn from.
        "bmb": "{base: fixmatch, rebalance: bmb, bank_capacity: 3, draw_count: 2, confidence_threshold: 0.05}",
        "acr": "{base: fixmatch, rebalance: acr, iterations_per_epoch: 1, estimate_after_epoch: 0, "
            + "confidence_threshold: 0.05}",
        "tras": "{base: fixmatch, rebalance: tras, auxiliary_warm_up_steps: 1, confidence_threshold: 0.2}",
        // The class-balanced batch takes part from step 1 on, and makes the pseudo-labels from step 2 on.
        "cossl": "{base: fixmatch, rebalance: cossl, teacher_head_start: 0.25, teacher_head_warm_up: 0.25, "
            + "confidence_threshold: 0.05}",
        // A pass over all unlabelled images after every other step.
        "saw": "{base: fixmatch, rebalance: saw, prediction_period: 2, confidence_threshold: 0.2}",
        "adsh": "{base: fixmatch, rebalance: adsh, prediction_period: 2, confidence_threshold: 0.2}",
        "mean-teacher+daso": "{base: mean-teacher, rebalance: daso, warm_up_steps: 2, distribution_update_period: 2}",
        "mixmatch": "{base: mixmatch, ramp_fraction: 0.5}",
        "mixmatch+daso": "{base: mixmatch, rebalance: daso, warm_up_steps: 2, distribution_update_period: 2}",
        "remixmatch": "{base: remixmatch, distribution_alignment_steps: 2}",
        "remixmatch+abc": "{base: remixmatch, rebalance: abc, strong_views: 2}",
        "remixmatch+daso+abc": "{base: remixmatch, rebalance: daso+abc, warm_up_steps: 2, "
            + "distribution_update_period: 2}",
        "freematch": "{base: freematch}",
        "softmatch": "{base: softmatch}",
        "pseudo-label": "{base: pseudo-label, confidence_threshold: 0.2}",
        "usadtm": "{base: usadtm}",
        "elr": "{base: supervised, loss: elr}",
        "supervised": "{base: supervised}",
    ]

    /// What methods need beside their sections.
    private static let needs = ["darp-estimated": ["data.validation_per_class=1", "data.unlabelled_head=3"]]

    /// A recipe of 4 steps with a checkpoint after every step but one evaluation only, at the end.
    ///
    /// - Parameter images: imported images or a folder of them; nil for the ones that are always there.
    func recipe(
        _ method: String = "supervised", at images: String? = nil, overrides: [String] = []
    ) throws -> Recipe {
        try Recipe(
            yaml: """
                data:
                  \(images.map { "set: \($0)" } ?? "set: fashion-mnist\n  root: \(folder)/data")
                  labelled_head: 4
                  labelled_imbalance: 2
                  unlabelled_head: 4
                  unlabelled_imbalance: 2
                model:
                  name: wrn-10-1
                method: \(Self.methods[method] ?? method)
                optimizer:
                  learning_rate: 0.03
                training:
                  steps: 4
                  labelled_batch: 2
                  unlabelled_ratio: 1
                  log_every: 3
                  evaluate_every: 4
                  checkpoint_every: 1
                """, name: "tiny", overrides: (Self.needs[method] ?? []) + overrides)
    }

    /// Trains in `name` inside the temporary folder, to the end or for so many steps.
    @discardableResult
    func train(
        _ recipe: Recipe, in name: String, resuming: Bool = false, stoppingAfter steps: Int? = nil,
        report: (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainingRun.Outcome {
        let run = try TrainingRun(recipe, folder: path(name), resuming: resuming) { CPUBackend() }
        var stepsDone = 0
        return try run.run(
            shouldStop: {
                stepsDone += 1
                return stepsDone == steps
            }, report: report)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path(name)))
    }

    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
    }

    func files(in name: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: path(name)))
    }
}
