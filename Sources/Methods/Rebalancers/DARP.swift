import NeuralNetworks
import Tensors

/// Pseudo-labels of all unlabelled images are refined together, so that there are as many of each class as there are
/// supposed to be.
///
/// Source: Kim, Hur, Park, Yang, Hwang, Shin, "Distribution aligning refinery of pseudo-label for imbalanced
/// semi-supervised learning", NeurIPS 2020; the steps as in the authors' code (github.com/bbuing9/DARP), where
/// refinement starts from the latest raw predictions and never feeds back into them.
///
/// Where the unlabelled images' distribution is to be estimated, that is done as the authors' train_base_estim.py does it.
///
/// Deviations: the code has two strong views, and it estimates with a supervised network of its own, trained before; here
/// the moving average does, while the run warms up.
///
/// Both matrices lie on the device. Every `refine_period` steps the predictions are read back, refined on the host, and
/// written; the steps between read nothing.
package final class DARP: Rebalancer {
    private let options: DARPOptions
    private let backend: any Backend
    private var refinement: DARPRefinement
    /// What has been estimated so far; nil if nothing is to be.
    private var estimate: MeanShares?
    /// Q, `[N, K]`: the latest prediction of each unlabelled image.
    private let predictions: Tensor
    /// R, `[N, K]`: what the last refinement made of them.
    private let refined: Tensor
    private var target: Tensor?

    /// - Parameters:
    ///   - targetCounts: M: how many of the unlabelled images are of each class, until that is estimated.
    ///   - samples: N: how many unlabelled images there are.
    package init(_ options: DARPOptions, targetCounts: [Double], samples: Int, on backend: any Backend) throws {
        guard samples > 0 else {
            throw MethodError.invalidInput(name: "unlabelled images", problem: "is empty; DARP needs at least one")
        }
        self.options = options
        self.backend = backend
        refinement = DARPRefinement(options, targetCounts: targetCounts)
        estimate = options.assumedDistribution == .estimated ? MeanShares(classes: targetCounts.count) : nil
        let shape = try Shape([samples, targetCounts.count])
        predictions = try backend.tensor(repeating: 1 / Float(targetCounts.count), shape)
        refined = try backend.tensor(repeating: 1 / Float(targetCounts.count), shape)
    }

    /// The refined probabilities of the step's images; until the warm-up is over, their own.
    package func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor {
        let images = try imagePositions(in: step.inputs, rows: probabilities.shape.rows)
        try remember(probabilities, of: images)
        guard step.index >= options.warmUpSteps else {
            target = probabilities
            return probabilities
        }
        if (step.index - options.warmUpSteps).isMultiple(of: options.refinePeriod) { try refine() }
        let target = try backend.gatherRows(refined, indices: backend.tensor(images, Shape([images.count])))
        self.target = target
        return target
    }

    private func imagePositions(in inputs: StepInputs, rows: Int) throws -> [Int32] {
        let images = inputs.unlabelledIndices
        guard images.count == rows, images.allSatisfy({ (0..<predictions.shape.rows).contains(Int($0)) }) else {
            throw MethodError.invalidInput(
                name: "unlabelled indices",
                problem: "has \(images.count) entries for \(rows) rows, or one beyond the \(predictions.shape.rows) "
                    + "unlabelled images")
        }
        return images
    }

    /// Writes predictions to their images' rows; of an image that is there twice the last.
    private func remember(_ probabilities: Tensor, of images: [Int32]) throws {
        var destinations = images
        var rowOfImage: [Int32: Int] = [:]
        for (row, image) in images.enumerated() {
            if let earlier = rowOfImage.updateValue(row, forKey: image) { destinations[earlier] = -1 }
        }
        try backend.scatterRows(
            probabilities, indices: backend.tensor(destinations, Shape([images.count])), into: predictions)
    }

    private func refine() throws {
        try refinement.refined(backend.read(predictions).floats)
            .withUnsafeBytes { try backend.write($0, into: refined) }
    }

    /// Estimates the class counts anew: by the mean of all estimates so far.
    package func receive(_ predictions: MeanPredictions) throws {
        guard
            let shares = predictions.estimatedShares(
                maximumCondition: options.maximumCondition, smallest: options.smallestShare)
        else { return }
        estimate?.add(shares)
        useEstimate()
    }

    private func useEstimate() {
        guard let shares = estimate?.mean else { return }
        let total = shares.reduce(0, +)
        refinement.targetCounts = shares.map { $0 / total * Double(predictions.shape.rows) }
    }

    /// `target`: the last step's refined probabilities, `[Bu, K]`; `distribution`: the estimated class shares, `[K]`.
    package func observations() throws -> [String: Tensor] {
        var observed = target.map { ["target": $0] } ?? [:]
        if let shares = estimate?.mean {
            observed["distribution"] = try backend.tensor(shares.map(Float.init), Shape([shares.count]))
        }
        return observed
    }

    /// Both matrices, and the estimate's.
    package func state() throws -> [String: HostTensor] {
        ["predictions": try backend.read(predictions), "refined": try backend.read(refined)]
            .merging(try estimate?.state() ?? [:]) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        for (name, matrix) in [("predictions", predictions), ("refined", refined)] {
            let saved = try reader.take(name, matrix.shape, .float32)
            guard saved.floats.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
                throw MethodError.invalidState(name: name, problem: "is not made of probabilities")
            }
            try saved.bytes.withUnsafeBytes { try backend.write($0, into: matrix) }
        }
        try estimate?.restore(&reader)
        useEstimate()
    }
}
