import Foundation
import NeuralNetworks
import Tensors

/// BMB: a second head that learns the rare classes by weights, and from a bank of features whose insertions, removals and
/// draws all favour rare classes.
///
/// Source: "BMB: balanced memory bank for imbalanced semi-supervised learning"; formulas as in the authors' development
/// code (github.com/wujianP/ImbalancedSSL, folder BMB), since the paper's body was not at hand.
///
/// Deviations: rows leave the bank by draws WITHOUT replacement (the code draws with replacement, so that duplicates make
/// it remove fewer than it needs); where all weights of a draw are 0, rows are equally likely (the code takes the first).
///
/// Each step reads the second head's pseudo-labels back (3 · Bu numbers): which of them enter the bank decides how full it
/// is, and so what can be drawn in the same step. The reading waits for the forward pass.
package final class BalancedMemoryBank: Rebalancer {
    private let options: BalancedMemoryBankOptions
    private let labelledCounts: [Double]
    private let bank: FeatureBank
    private let zeroLoss: Tensor
    /// S: the second head's confident pseudo-labels of each class, a mean over steps.
    private var predictions: MeanCounts
    private var observed: [String: Tensor] = [:]

    init(_ options: BalancedMemoryBankOptions, at site: MethodSite) throws {
        self.options = options
        labelledCounts = site.prior.counts.map(Double.init)
        bank = try FeatureBank(
            classes: site.prior.classes, capacity: options.bankCapacity, featureWidth: site.featureWidth,
            on: site.backend)
        zeroLoss = try site.backend.tensor(repeating: 0, [1])
        predictions = MeanCounts(classes: site.prior.classes)
    }

    /// Counting starts anew when the warm-up ends.
    package func begin(_ step: MethodStep) throws {
        observed = [:]
        guard step.index == options.warmUpEpochs * options.iterationsPerEpoch else { return }
        predictions = MeanCounts(classes: labelledCounts.count)
        if options.refreshAfterWarmUp { try bank.removeAll() }
    }

    /// 0 during the warm-up.
    package func unsupervisedWeight(_ step: MethodStep) throws -> Float { isWarm(step) ? 1 : 0 }

    /// Terms: `auxiliary.supervised`, `auxiliary.unsupervised` and `memory`.
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        let logits = try step.inputs.auxiliaryLogits()
        let (weak, _) = try step.inputs.unlabelledViews()
        let own = try PseudoLabels(step.backend.softmax(logits.weak), threshold: step.threshold, on: step.backend)
        observed["auxiliary.mask"] = own.weights
        observed["auxiliary.pseudo_label"] = own.labels

        let supervised = try labelledLoss(logits.labelled, step)
        let unsupervised = try unlabelledLoss(logits.strong, own, step)

        let labels = try step.backend.read(own.labels).integers().map(Int.init)
        let isConfident = try step.backend.read(own.weights).floats.map { $0 > 0 }
        let candidates = labels.indices.filter { isConfident[$0] }.map { (row: $0, label: labels[$0]) }
        try insert(candidates, of: weak.features.value, step)
        let memory = try memoryLoss(step)
        predictions.add(candidates.map(\.label))
        try observe("pseudo_label_mean_counts", predictions.means, on: step.backend)

        let isWarm = isWarm(step)
        return [
            LossTerm("auxiliary.supervised", supervised),
            LossTerm(
                "auxiliary.unsupervised", weight: isWarm ? Float(options.auxiliaryUnsupervisedWeight) : 0,
                unsupervised),
            LossTerm("memory", weight: isWarm ? Float(options.memoryWeight) : 0, memory),
        ]
    }

    /// `mean_i w_y CE(f_i, y_i)` with w by the labelled counts.
    private func labelledLoss(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        let weights = annealed(weights(of: labelledCounts, power: options.weightPower), step)
        let labels = step.inputs.labels
        let weightsOfRows = try step.backend.tensor(
            labels.map { Float(weights[Int($0)]) }, try Shape([labels.count]))
        observed["auxiliary.labelled_weight"] = weightsOfRows
        return try step.tape.crossEntropy(logits, labels: step.labels, weights: weightsOfRows)
    }

    /// The mean over views of `mean_b [max p_b ≥ threshold] w_k H(p_b, softmax(f_b))` with `k = argmax p_b` and w by S.
    private func unlabelledLoss(_ logits: [Variable], _ own: PseudoLabels, _ step: MethodStep) throws -> Variable {
        let backend = step.backend
        let weights = annealed(weights(of: predictions.means, power: options.weightPower), step)
        let weightsOfClasses = try backend.tensor(weights.map { Float($0) }, try Shape([weights.count, 1]))
        let weightsOfRows = try backend.gatherRows(weightsOfClasses, indices: own.labels)
            .reshaped(to: own.weights.shape)
        observed["auxiliary.unlabelled_weight"] = weightsOfRows
        return try step.tape.meanCrossEntropy(
            of: logits, targets: own.probabilities,
            weights: backend.binary(.multiply, own.weights, weightsOfRows))
    }

    /// A confident row of class k enters with probability `u_k`, which is 1 for the class that the bank holds least of;
    /// where there is no room, rows leave in proportion to `1 − u_k`.
    private func insert(_ candidates: [(row: Int, label: Int)], of features: Tensor, _ step: MethodStep) throws {
        let chances = weights(of: bank.counts.map(Double.init), power: options.putPower)
        try observe("bank.put_probability", candidates.map { chances[$0.label] }, on: step.backend)
        let draws = try step.backend.read(step.inputs.draw("weak", features.shape.rows)).floats
        let entering = candidates.filter { draws[$0.row] < Float(chances[$0.label]) }
        try bank.insert(entering, of: features) { count in
            let draw = RowDraw(
                count: count, weights: bank.labels.map { 1 - chances[$0] }, withReplacement: false)
            try observe("bank.remove_probability", Self.normalized(draw.weights), on: step.backend)
            return try drawRows("bank.remove", draw, step)
        }
    }

    /// The cross entropy of the second head on rows of the bank, which are constants: it moves that head and nothing else.
    /// Rows are drawn in proportion to `max(S_k, floor)^−power`. 0 while the bank is empty.
    private func memoryLoss(_ step: MethodStep) throws -> Variable {
        guard !bank.labels.isEmpty else { return step.tape.constant(zeroLoss) }
        let head = try step.inputs.requireAuxiliaryHead()
        let chances = weights(of: predictions.means, power: options.drawPower)
        let draw = RowDraw(
            count: min(options.drawCount, bank.labels.count), weights: bank.labels.map { chances[$0] },
            withReplacement: true)
        try observe("bank.draw_probability", Self.normalized(draw.weights), on: step.backend)
        let (features, labels) = try bank.rows(drawRows("bank.draw", draw, step))
        let logits = try step.tape.linear(step.tape.constant(features), weight: head.weight, bias: head.bias)
        return try step.tape.crossEntropy(logits, labels: labels)
    }

    private func drawRows(_ name: String, _ draw: RowDraw, _ step: MethodStep) throws -> [Int] {
        let rows = try step.inputs.drawRows(name, draw)
        try draw.check(rows, name: name)
        return rows
    }

    /// `max(c_k, floor)^−power`, divided by the largest of them: 1 for the rarest class.
    private func weights(of counts: [Double], power: Double) -> [Double] {
        let floored = counts.map { max($0, options.countFloor) }
        let smallest = floored.min() ?? options.countFloor
        return floored.map { pow(smallest / $0, power) }
    }

    /// `1 − (e / E) (1 − w)` in epoch e of E, if so chosen: from no weights to the whole ones.
    private func annealed(_ weights: [Double], _ step: MethodStep) -> [Double] {
        guard options.anneal else { return weights }
        let progress = min(Double(epoch(step)) / Double(options.epochs), 1)
        return weights.map { 1 - progress * (1 - $0) }
    }

    private func epoch(_ step: MethodStep) -> Int { step.index / options.iterationsPerEpoch }

    private func isWarm(_ step: MethodStep) -> Bool { epoch(step) >= options.warmUpEpochs }

    private static func normalized(_ weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        return weights.map { total > 0 ? $0 / total : 1 / Double(weights.count) }
    }

    private func observe(_ name: String, _ values: [Double], on backend: any Backend) throws {
        guard !values.isEmpty else { return }
        observed[name] = try backend.tensor(values.map { Float($0) }, try Shape([values.count]))
    }

    /// The second head's pseudo-labels and weights, the probabilities of the bank's draws, S, and `fill`, `[K]`: how many
    /// rows the bank has of each class.
    package func observations() throws -> [String: Tensor] {
        try observed.merging(["fill": bank.fill()]) { first, _ in first }
    }

    /// The bank, and the sums behind S.
    package func state() throws -> [String: HostTensor] {
        try bank.state().merging(try predictions.state()) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        try bank.restore(&reader)
        try predictions.restore(&reader)
    }
}
