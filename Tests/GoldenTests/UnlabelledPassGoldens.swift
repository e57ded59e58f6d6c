import CPUBackend
import Foundation
import Methods
import Tensors

/// What golden cases say of all unlabelled images at once.
enum UnlabelledPassGoldens {
    /// The predictions that a method is to receive: from logits, or from no more than how many images are predicted as each
    /// class. Nil if there are none.
    static func predictions(of golden: GoldenFile, under prefix: String) throws -> UnlabelledPredictions? {
        let given = golden.tensors(under: prefix)
        if let logits = given["unlabelled.logits"] {
            let backend = CPUBackend()
            let (labels, confidences) = try backend.argmaxRows(backend.softmax(backend.tensor(logits)))
            return try UnlabelledPredictions(
                labels: backend.read(labels).integers(), confidences: backend.read(confidences).floats,
                classes: logits.shape.columns)
        }
        guard let counts = try given["unlabelled.prediction_counts"]?.integers() else { return nil }
        let labels = counts.enumerated().flatMap { [Int32](repeating: Int32($0), count: Int($1)) }
        return try UnlabelledPredictions(
            labels: labels, confidences: labels.map { _ in 1 }, classes: counts.count)
    }

    /// `darp`, whose target counts are given.
    @Sendable
    static func replayDARP(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let options = try golden.attributes(as: DARPOptions.self)
        let base = try golden.attributes(as: FixMatchOptions.self)
        let targetCounts = try golden.input("target_counts").floats.map(Double.init)
        let samples: Int = try golden.attribute("samples")
        let prior = try ClassPrior(counts: golden.input("class_counts").integers().map(Int.init))
        let site = MethodSite(
            prior: prior, unlabelledCount: samples, featureWidth: 1, totalSteps: 1, backend: backend)
        var results = try MethodGoldens.replayAndResume(golden, on: backend) {
            let darp = try DARP(options, targetCounts: targetCounts, samples: samples, on: backend)
            return try ComposedMethod(
                requirements: base.requirements, base: base.makeBase(at: site),
                loss: CrossEntropyOptions().makeLoss(at: site), rebalancers: [darp], at: site)
        }
        // What refinement begins with and what its columns sum to, of every step's state.
        let refinement = DARPRefinement(options, targetCounts: targetCounts)
        let shape = try Shape([samples, prior.classes])
        for (name, tensor) in results {
            if name.hasSuffix(".state.predictions") {
                let columns = refinement.normalizedColumns(of: tensor.floats)
                results[name.replacing("state.predictions", with: "normalised")] = try HostTensor(
                    (0..<shape.count).map { Float(columns[$0 % prior.classes][$0 / prior.classes]) }, shape: shape)
            } else if name.hasSuffix(".state.refined") {
                let sums = try backend.makeTensor([prior.classes], .float32)
                try backend.columnSums(backend.tensor(tensor), into: sums)
                results[name.replacing("state.refined", with: "refined_column_sums")] = try backend.read(sums)
            }
        }
        return results
    }

    /// `crest_selection`.
    static func selectByCReST(_ golden: GoldenFile) throws -> [String: HostTensor] {
        guard let predictions = try predictions(of: golden, under: "") else {
            throw GoldenError.badFile(golden.caseName, problem: "there are no predictions")
        }
        let prior = try ClassPrior(counts: golden.input("class_counts").integers().map(Int.init))
        let selection = try CReSTSelection(predictions, prior: prior, alpha: golden.attribute("alpha"))
        return [
            "rate": try HostTensor(selection.rates.map(Float.init), shape: [prior.classes]),
            "selected_label": try HostTensor(selection.labels, shape: [selection.labels.count]),
            "selected_counts": try HostTensor(selection.counts.map(Int32.init), shape: [prior.classes]),
        ]
    }
}
