import NeuralNetworks
import Tensors

/// Times the classification of random images that already lie on the device: the network in inference mode, softmax, and
/// the most probable class of each image.
public struct InferenceBenchmark: Benchmark {
    private let network: any ImageClassifier
    private let images: Tensor
    private let backend: any Backend

    /// - Parameters:
    ///   - model: which network, on images of 32×32×3 in 10 classes.
    ///   - batch: images that are classified at a time.
    ///   - precision: how activations are stored.
    /// - Throws: `NetworkError.invalidConfiguration`, and what the backend throws.
    public init(model: ModelName, batch: Int, precision: Precision = .single, on backend: any Backend) throws {
        network = try model.network(ClassifierForm(inputChannels: 3, classes: 10, precision: precision))
            .makeNetwork(seed: 0, on: backend)
        images = try backend.randomNormal(
            Shape([batch, 32, 32, 3]), stream: RandomStream(seed: 0, purpose: .testing))
        self.backend = backend
    }

    /// Classifies the batch so many times.
    public func warmUp(steps: Int) throws {
        for step in 0..<steps { try classify(step) }
    }

    /// Classifies the batch `steps` times, each waited for by reading the classes.
    public func run(steps: Int) throws -> BenchmarkTiming {
        try BenchmarkTiming(
            BenchmarkTiming.Work(
                batch: images.shape[0], precision: network.form.precision, images: images.shape[0],
                floatingPointOperations: network.forwardFloatingPointOperations(images: images.shape)),
            steps: steps, on: backend, step: classify)
    }

    private func classify(_ step: Int) throws {
        let logits = try network.inferredLogits(of: images, usesAuxiliaryHead: false, on: backend)
        _ = try backend.read(backend.mostProbableClasses(of: logits).classes)
    }
}
