import Datasets
import Methods
import NeuralNetworks
import Tensors

/// Everything that changes while a network learns, and the step that changes it.
///
/// A step, in the order of DASO's official code (Oh, Kim, Kweon, CVPR 2022): the teacher sees the labelled images, the
/// student sees all views in one forward pass, so that batch statistics are joint (or mixtures of them, see
/// `MixedViews.swift`); the method turns what both say into a loss; backward pass; optimizer; the teacher follows the
/// student.
final class Learner: AveragingLearner {
    let network: NetworkInTraining
    /// The moving average of the student: it teaches, and it is what evaluations and users get.
    var teacher: any ImageClassifier { network.average }
    /// How it learns.
    let method: any Method
    let backend: any Backend
    let seed: UInt64
    let firstStep: Int
    private let logitAdjustment: LogitAdjustment?

    /// What is learned, and how.
    struct Options: Sendable {
        /// The network.
        var network: NetworkConfiguration
        /// The learning method.
        var method: MethodSettings
        /// Labelled images of each class.
        var labelledCounts: [Int]
        /// How many unlabelled images there are.
        var unlabelledCount: Int
        /// How many steps are to be taken.
        var totalSteps: Int
        /// Which of several networks it is; nil for the only one.
        var generation: Generation?
        /// The run's steps before the first of these.
        var firstStep = 0
        /// The optimizer; its schedule is the caller's affair.
        var optimizer: OptimizerSettings
        /// The teacher's decay in the long run.
        var movingAverageDecay: Double
        /// Names the streams of first values and of the method's draws.
        var seed: UInt64
        /// How predictions are made in evaluation.
        var evaluation = EvaluationSettings()
    }

    /// A learner before its first step.
    init(_ options: Options, on backend: any Backend) throws {
        network = try NetworkInTraining(
            options.network, optimizer: options.optimizer, decay: options.movingAverageDecay, seed: options.seed,
            on: backend)
        let prior = try ClassPrior(counts: options.labelledCounts)
        method = try options.method.composition.makeMethod(
            at: MethodSite(
                prior: prior, unlabelledCount: options.unlabelledCount,
                featureWidth: network.student.featureWidth,
                totalSteps: options.totalSteps, generation: options.generation, backend: backend))
        self.backend = backend
        seed = options.seed
        firstStep = options.firstStep
        logitAdjustment = try LogitAdjustment(options.evaluation, prior: prior, on: backend)
    }

    /// What a step learns from.
    struct Batch {
        /// `[B + V·Bu, H, W, C]` on the device, or more by the class-balanced batch, in the order of
        /// ``Datasets/TrainingBatch``.
        var images: Tensor
        /// The classes of the first B images.
        var labels: [Int32]
        /// The classes of the class-balanced batch, whose images are the last.
        var balancedLabels: [Int32]
        /// Which of all labelled images the first B are.
        var labelledIndices: [Int32]
        /// Which of all unlabelled images the Bu are.
        var unlabelledIndices: [Int32]
        /// Which of the Bu are labelled images that are used as unlabelled ones too.
        var isLabelledCopy: [Bool]

        /// A batch of the pipeline whose views the device has been told to make.
        init(_ batch: TrainingBatch, images: Tensor) {
            self.images = images
            labels = batch.labels
            balancedLabels = batch.balancedLabels
            labelledIndices = batch.labelledIndices
            unlabelledIndices = batch.unlabelledIndices
            isLabelledCopy = batch.isLabelledCopy
        }

        /// Images from nowhere, of which the first `labels.count` are labelled: for rehearsals.
        init(images: Tensor, labels: [Int32], unlabelled: Int) {
            self.images = images
            self.labels = labels
            balancedLabels = labels
            labelledIndices = labels.indices.map(Int32.init)
            unlabelledIndices = (0..<Int32(unlabelled)).map { $0 }
            isLabelledCopy = unlabelledIndices.map { _ in false }
        }
    }

    /// One training step. Nothing is read from the device.
    ///
    /// - Parameter step: 0-based, counted through the whole run.
    /// - Returns: the losses of before the optimizer's step, still on the device.
    func step(_ step: Int, _ batch: Batch, learningRate: Double) throws -> StepOutputs {
        let requirements = method.requirements
        let layout = BatchLayout(of: batch, requirements)
        func images(of view: ImageView) throws -> Tensor { try batch.images.slice(layout.rows(of: view)) }
        let teacherFeatures =
            requirements.usesTeacherFeatures ? try self.teacherFeatures(of: images(of: .labelled), .training) : nil
        let teacherWeakFeatures =
            requirements.usesTeacherLogits ? try self.teacherFeatures(of: images(of: .weak), .training) : nil

        let tape = Tape(on: backend)
        var inputs =
            try requirements.mixing.map { try mixedInputs(batch, layout, $0, step: step, on: tape) }
            ?? jointInputs(batch, layout, step: step, on: tape)
        inputs.teacherFeatures = teacherFeatures
        inputs.teacherLogits = try teacherWeakFeatures.map { try self.teacherLogits(of: $0) }
        inputs.teacherWeakFeatures = teacherWeakFeatures
        if requirements.usesBalancedBatch {
            let rows = layout.rowCount..<layout.rowCount + batch.balancedLabels.count
            inputs.balancedBatch = { [self] in
                BalancedBatch(
                    features: try self.teacherFeatures(of: batch.images.slice(rows), .inference),
                    labels: batch.balancedLabels,
                    unlabelledFeatures: try self.teacherFeatures(of: images(of: .weak), .inference))
            }
        }
        inputs.auxiliaryHead = try student.heads.auxiliary.map { try $0.variables(in: student.tensors) }
        let outputs = try method.step(inputs, on: tape)
        try network.descend(from: outputs.total, on: tape, step: step - firstStep, learningRate: learningRate)
        return outputs
    }

    /// The teacher's features. In training mode, as DASO's code has it, they are normalised by the batch's own statistics,
    /// which also move the teacher's running ones.
    private func teacherFeatures(of images: Tensor, _ mode: Mode) throws -> Tensor {
        let tape = Tape(on: backend, recording: false)
        return try teacher.features(of: tape.constant(images), mode: mode, on: tape).value
    }

    /// The teacher's logits of its features.
    private func teacherLogits(of features: Tensor) throws -> Tensor {
        let tape = Tape(on: backend, recording: false)
        return try teacher.logits(of: tape.constant(features), on: tape).value
    }

    /// What a method sees of a batch whose images are not mixed: one forward pass sees all views.
    private func jointInputs(
        _ batch: Batch, _ layout: BatchLayout, step: Int, on tape: Tape
    ) throws -> StepInputs {
        let images = try batch.images.slice(0..<layout.rowCount)
        var outputs = try forward(images, counts: layout.views.map { layout.rows(of: $0).count }, on: tape)[...]
        var inputs = self.inputs(of: batch, step: step, labelled: outputs.removeFirst())
        for (view, outputs) in zip(layout.views.dropFirst(), outputs) { inputs.setUnmixed(view, outputs) }
        return inputs
    }

    /// What a method sees of a batch beside views and teacher.
    func inputs(of batch: Batch, step: Int, labelled: ViewOutputs) -> StepInputs {
        var inputs = StepInputs(
            step: step - firstStep, labels: batch.labels, labelled: labelled,
            draw: { [backend, seed] name, count in
                try backend.randomUniform(
                    Shape([count]), stream: Self.stream(named: name, step: step, seed: seed))
            })
        inputs.drawRows = { [seed] name, draw in
            var generator = PhiloxGenerator(Self.stream(named: name, step: step, seed: seed))
            return generator.indices(draw.count, weights: draw.weights, withReplacement: draw.withReplacement)
        }
        inputs.labelledIndices = batch.labelledIndices
        inputs.unlabelledIndices = batch.unlabelledIndices
        inputs.isLabelledCopy = batch.isLabelledCopy
        return inputs
    }

    /// What the student in training mode says of images, in parts of so many rows, which share batch statistics.
    func forward(_ images: Tensor, counts: [Int], on tape: Tape) throws -> [ViewOutputs] {
        let features = try student.features(of: tape.constant(images), mode: .training, on: tape)
        let logits = try tape.split(student.logits(of: features, on: tape), counts: counts)
        let auxiliaryLogits =
            method.requirements.usesAuxiliaryHead
            ? try tape.split(student.auxiliaryLogits(of: features, on: tape), counts: counts) : nil
        return try tape.split(features, counts: counts).enumerated().map { index, features in
            ViewOutputs(logits: logits[index], features: features, auxiliaryLogits: auxiliaryLogits?[index])
        }
    }

    /// The stream of a method's draw.
    private static func stream(named name: String, step: Int, seed: UInt64) -> RandomStream {
        RandomStream(
            seed: seed, purpose: .method, step: UInt32(truncatingIfNeeded: step),
            sample: RandomStream.sample(named: name))
    }
}

// MARK: - State

extension Learner {
    /// What its network has, and `method.*`.
    func state() throws -> [String: HostTensor] {
        var state = try network.state()
        state.add(try method.state(), StatePrefix.method)
        return state
    }

    /// What the moving average makes of the test images.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(
            of: teacher, usesAuxiliaryHead: method.requirements.usesAuxiliaryHead, adjustment: logitAdjustment,
            on: data, backend: backend)
    }

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `NetworkError.stateMismatch` or `MethodError.invalidState` if names or shapes do not fit.
    func restore(_ state: [String: HostTensor]) throws {
        try network.restore(state)
        try method.restore(state.part(StatePrefix.method))
    }
}

/// How names in a checkpoint begin.
enum StatePrefix {
    static let student = "model."
    static let average = "ema."
    static let optimizer = "optimizer."
    static let method = "method."
    static let trainingSet = "data."
}

extension [String: HostTensor] {
    /// Adds tensors under names that begin with `prefix`.
    mutating func add(_ part: [String: HostTensor], _ prefix: String) {
        for (name, tensor) in part { self[prefix + name] = tensor }
    }

    /// The tensors whose names begin with `prefix`, without it.
    func part(_ prefix: String) -> [String: HostTensor] {
        var part: [String: HostTensor] = [:]
        for (name, tensor) in self where name.hasPrefix(prefix) { part[String(name.dropFirst(prefix.count))] = tensor }
        return part
    }
}
