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
