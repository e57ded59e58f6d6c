import Methods
import NeuralNetworks
import Tensors

/// Times DASO's training step on random images that already lie on the device: one joint forward pass of the labelled,
/// weak and strong views, the losses, backward pass, optimizer, moving averages, and the teacher's forward pass of the
/// labelled images. The prototypes take part from the first step on.
public struct StepBenchmark: Benchmark {
    private let learner: Learner
    private let images: Tensor
    private let labels: [Int32]
    private let unlabelled: Int
    private let backend: any Backend

    /// - Parameters:
    ///   - model: which network, on images of 32×32×3 in 10 classes.
    ///   - labelled: labelled images of a step.
    ///   - unlabelled: unlabelled images of a step, each with two views.
    ///   - precision: how activations are stored.
    /// - Throws: `NetworkError.invalidConfiguration`, and what the backend throws.
    public init(
        model: ModelName, labelled: Int, unlabelled: Int, precision: Precision = .single, on backend: any Backend
    ) throws {
        let (classes, side, channels) = (10, 32, 3)
        var method = DASOOptions()
        method.warmUpSteps = 0
        learner = try Learner(
            Learner.Options(
                network: model.network(
                    ClassifierForm(inputChannels: channels, classes: classes, precision: precision)),
                method: MethodSettings(MethodComposition(base: FixMatchOptions(), rebalancers: [method])),
                labelledCounts: [Int](repeating: 1, count: classes), unlabelledCount: unlabelled, totalSteps: 1,
                optimizer: .published,
                movingAverageDecay: 0.999, seed: 0),
            on: backend)
        images = try backend.randomNormal(
            Shape([labelled + 2 * unlabelled, side, side, channels]), stream: RandomStream(seed: 0, purpose: .testing))
        var generator = PhiloxGenerator(RandomStream(seed: 0, purpose: .testing, sample: 1))
        labels = (0..<labelled).map { _ in Int32(generator.integer(below: classes)) }
        self.unlabelled = unlabelled
        self.backend = backend
    }

    /// Takes so many steps.
    public func warmUp(steps: Int) throws {
        for step in 0..<steps { try take(step) }
    }

    /// Takes `steps` steps, each waited for by reading its loss. Counted as work are three passes of the network (forward,
    /// and two backward) over all views and one over the labelled images.
    public func run(steps: Int) throws -> BenchmarkTiming {
        let views = labels.count + 2 * unlabelled
        let operations = try learner.student.forwardFloatingPointOperations(images: images.slice(0..<1).shape)
        return try BenchmarkTiming(
            BenchmarkTiming.Work(
                labelled: labels.count, unlabelled: unlabelled, precision: learner.student.form.precision,
                images: views,
                floatingPointOperations: (3 * views + labels.count) * operations),
            steps: steps, on: backend, step: take)
    }

    private func take(_ step: Int) throws {
        let outputs = try learner.step(
            step, Learner.Batch(images: images, labels: labels, unlabelled: unlabelled),
            learningRate: OptimizerSettings.published.learningRate)
        _ = try backend.read(outputs.total.value)
    }
}
