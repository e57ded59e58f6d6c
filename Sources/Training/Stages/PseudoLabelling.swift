import Datasets
import Methods
import NeuralNetworks
import Tensors

extension TrainingSet {
    /// The set after a round of pseudo-labelling: of each class the unlabelled images nearest to its centres become
    /// labelled ones; in the last round all that are left.
    ///
    /// Reconstruction of DML-PL (Yan, Hui, Li, Information Sciences 626, 2023), of which only the abstract is public.
    func pseudoLabelled(
        by network: any ImageClassifier, _ rounds: RoundsSettings, round: Int, on data: TrainingData, seed: UInt64
    ) throws -> TrainingSet {
        guard !unlabelled.isEmpty else { return self }
        let backend = network.parameters.backend
        let centres = try ClassCentres(
            clustering: network.embedding(of: labelled, in: data), labels: labels.map(Int32.init),
            classes: network.classes, imagesPerCentre: rounds.imagesPerCentre, maximumCount: rounds.maximumCentres,
            seed: seed, round: round, on: backend)
        let nearest = try centres.nearest(to: network.embedding(of: unlabelled, in: data), on: backend)
        let selected = rounds.selection(
            round: round, unlabelledAtFirst: data.initialSet.unlabelled.count, classes: network.classes
        ).select(from: nearest)
        let isSelected = Set(selected)
        var set = self
        set.labelled += selected.map { unlabelled[$0] }
        set.labels += selected.map { Int(nearest[$0].label) }
        set.unlabelled = unlabelled.indices.filter { !isSelected.contains($0) }.map { unlabelled[$0] }
        return set
    }
}

// MARK: - In checkpoints

extension TrainingSet {
    /// int32 tensors by name: `labelled`, `labels`, `unlabelled`.
    func state() throws -> [String: HostTensor] {
        func tensor(_ values: [Int]) throws -> HostTensor {
            try HostTensor(values.map { Int32(truncatingIfNeeded: $0) }, shape: [values.count])
        }
        // No tensors without elements: not every reader of such files takes them.
        return try ["labelled": labelled, "labels": labels, "unlabelled": unlabelled].filter { !$0.value.isEmpty }
            .mapValues(tensor)
    }

    /// What ``state()`` gave; nil where there is nothing.
    ///
    /// - Throws: `DatasetError.invalid` if it is not a training set of these images.
    init?(state: [String: HostTensor], of dataset: ImageDataset) throws {
        guard !state.isEmpty else { return nil }
        func values(_ name: String) throws -> [Int] {
            try state[name]?.integers().map(Int.init) ?? []
        }
        try self.init(
            labelled: values("labelled"), labels: values("labels"), unlabelled: values("unlabelled"), of: dataset)
    }
}
