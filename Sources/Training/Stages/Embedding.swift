import Datasets
import Methods
import NeuralNetworks
import Tensors

extension ImageClassifier {
    /// Where the training images at `members` lie on the unit sphere of feature space: `[N, D]`, in inference mode.
    func embedding(of members: [Int], in data: TrainingData) throws -> Tensor {
        let backend = parameters.backend
        let embeddings = try backend.makeTensor(Shape([members.count, featureWidth]), .float32)
        var start = 0
        try data.trainImages.forEachBatch(members: members, on: backend) { images in
            let end = start + images.shape[0]
            try backend.copy(embedding(of: images), into: embeddings.slice(start..<end))
            start = end
        }
        return embeddings
    }

    /// The same for images `[N, H, W, C]` on the device.
    func embedding(of images: Tensor) throws -> Tensor {
        let tape = Tape(on: parameters.backend, recording: false)
        let features = try self.features(of: tape.constant(images), mode: .inference, on: tape)
        return try parameters.backend.l2Normalize(features.value, epsilon: 1e-12)
    }
}

/// Classifies by the nearest of the classes' mean embeddings: what features are worth before a classifier has learned.
struct NearestClassMeans {
    private let network: any ImageClassifier
    /// `[K, D]`.
    private let means: Tensor
    private let backend: any Backend

    /// The means of the labelled images of each class, by the labels that learning takes. Waits.
    init(of network: any ImageClassifier, on data: TrainingData, _ trainingSet: TrainingSet, backend: any Backend)
        throws
    {
        self.network = network
        self.backend = backend
        let labels = try backend.tensor(trainingSet.labels.map(Int32.init), try Shape([trainingSet.labels.count]))
        means = try backend.segmentMean(
            network.embedding(of: trainingSet.labelled, in: data), labels: labels, classes: network.classes
        ).mean
    }

    /// The class of each image, and a confidence: the softmax of `2 <x, c> − |c|²`, the squared distances in reverse. It
    /// orders images; as a probability it is far too small.
    func predictions(_ images: Tensor) throws -> (classes: Tensor, confidences: Tensor) {
        try backend.mostProbableClasses(of: backend.proximities(network.embedding(of: images), to: means))
    }
}
