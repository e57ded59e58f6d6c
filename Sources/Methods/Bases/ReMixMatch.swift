import NeuralNetworks
import Tensors

/// MixMatch with the labels of one weak view for strong ones too, aligned with the labelled images' distribution, and with
/// the task of telling by how far an image was rotated.
///
/// Source: Berthelot et al., "ReMixMatch: semi-supervised learning with distribution alignment and augmentation anchoring",
/// ICLR 2020, section 3 and algorithm 1. As in USB, two strong views, and a weight that rises for the unlabelled images'
/// losses. What it keeps stays on the device.
package final class ReMixMatch: BaseMethod {
    private let options: ReMixMatchOptions
    private let rampUp: RampUp
    private let sharpening: Sharpening
    /// nil where there is no distribution alignment.
    private let alignment: WindowedAlignment?
    private var observed: [String: Tensor] = [:]

    init(_ options: ReMixMatchOptions, at site: MethodSite) throws {
        self.options = options
        rampUp = RampUp(fraction: options.rampFraction, totalSteps: site.totalSteps)
        sharpening = try Sharpening(temperature: options.sharpeningTemperature, on: site.backend)
        alignment = options.distributionAlignment ? try WindowedAlignment(options, at: site) : nil
    }

    /// Terms: `supervised`, `unsupervised`, `pre_mixup`, `rotation`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let (inputs, tape, backend) = (step.inputs, step.tape, step.backend)
        let (weak, strong) = try inputs.unlabelledViews()
        let (mixing, mixed) = try inputs.mixedRows()

        // The labels of unlabelled images, and of mixed ones.
        let probabilities = try backend.softmax(step.rebalancers.weakLogits(weak.logits.value, step))
        let aligned = try alignment?.align(probabilities) ?? probabilities
        // All are used, whatever their confidence.
        let pseudo = try step.pseudoLabels(sharpening(aligned)) { try backend.affine($0.weights, scale: 0, shift: 1) }
        let targets = try MixedTargets(
            labels: backend.oneHot(step.labels, classes: weak.logits.shape.columns),
            targets: pseudo.probabilities, views: 3, mixing: mixing, on: backend)
        observed = ["aligned": aligned, "target": pseudo.probabilities, "mixed_target": targets.all]

        let supervised = try tape.crossEntropy(
            step.rebalancers.labelledLogits(inputs.labelled.logits, step), targets: targets.labelled)
        let unsupervised = try tape.crossEntropy(
            step.rebalancers.strongLogits(mixed.logits, step), targets: targets.unlabelled)
        let preMixup = try tape.crossEntropy(
            step.rebalancers.strongLogits(strong[0].logits, step), targets: pseudo.probabilities)
        let ramp = try rampUp.weight(at: step.index) * step.rebalancers.unsupervisedWeight(step)
        let terms = [
            LossTerm("supervised", supervised),
            LossTerm("unsupervised", weight: Float(options.unsupervisedWeight) * ramp, unsupervised),
            LossTerm("pre_mixup", weight: Float(options.preMixupWeight) * ramp, preMixup),
            LossTerm("rotation", weight: Float(options.rotationWeight), try rotationLoss(step)),
        ]
        return (terms, pseudo)
    }

    /// The mean cross entropy of telling quarter turns apart.
    private func rotationLoss(_ step: MethodStep) throws -> Variable {
        guard let rotation = step.inputs.rotation, rotation.labels.count == rotation.logits.shape.rows,
            rotation.labels.allSatisfy({ (0..<4).contains($0) })
        else {
            throw MethodError.invalidInput(
                name: "rotation", problem: "is missing, or has not a number of quarter turns from 0 to 3 for each row")
        }
        let labels = try step.backend.tensor(rotation.labels, Shape([rotation.labels.count]))
        return try step.tape.crossEntropy(rotation.logits, labels: labels)
    }

    /// `aligned` and `target`, `[Bu, K]`: the unlabelled images' labels before and after they are sharpened and
    /// rebalanced; `mixed_target`, `[M, K]`: those of the mixed rows.
    package func observations() throws -> [String: Tensor] { observed }

    /// The batches' means that are aligned.
    package func state() throws -> [String: HostTensor] { try alignment?.state() ?? [:] }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws { try alignment?.restore(&reader) }
}
