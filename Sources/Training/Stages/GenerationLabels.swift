import Datasets
import Methods
import NeuralNetworks

extension TrainingSet {
    /// What the generation after `network` learns from: the labels of the beginning, and of the unlabelled images those
    /// that CReST selects, with what the network predicts of them. All unlabelled images stay unlabelled ones too, as in
    /// DASO's code (github.com/ytaek-oh/daso), so that every generation selects among all of them anew.
    init(
        after network: any ImageClassifier, _ generations: GenerationsSettings, on data: TrainingData,
        usesAuxiliaryHead: Bool
    ) throws {
        self = data.initialSet
        let hasLabel = Set(labelled)
        let candidates = unlabelled.filter { !hasLabel.contains($0) }
        let selection = try CReSTSelection(
            network.predictions(of: candidates, in: data, usesAuxiliaryHead: usesAuxiliaryHead),
            prior: ClassPrior(counts: labelCounts(classes: network.classes)), alpha: generations.selectionAlpha)
        for (image, label) in zip(candidates, selection.labels) where label >= 0 {
            labelled.append(image)
            labels.append(Int(label))
        }
    }
}
