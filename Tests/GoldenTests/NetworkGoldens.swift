import NeuralNetworks
import Tensors

/// Replays the golden cases of kind `network`: inference, one training-mode forward and backward pass, and for wide
/// residual networks the losses of three optimizer steps.
enum NetworkGoldens {
    static let handlers: [String: GoldenHandler] = [
        "wide_resnet": .onEachBackend(wideResNet),
        "resnet18": .onEachBackend { try resNet(.eighteen, $0, on: $1) },
        "resnet50": .onEachBackend { try resNet(.fifty, $0, on: $1) },
    ]

    private static func wideResNet(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let network = try WideResNet(
            WideResNetConfiguration(
                depth: try golden.attribute("depth"), width: try golden.attribute("widen"),
                flavour: try golden.attribute("flavour"),
                form: ClassifierForm(
                    inputChannels: try golden.attribute("input_channels"), classes: try golden.attribute("classes"))),
            seed: 0, on: backend)
        let given = golden.tensors(under: "parameter.").merging(golden.tensors(under: "buffer.")) { first, _ in first }
        var results = try inferenceAndTraining(network, startingFrom: given, golden)
        results["losses"] = try lossesOfThreeSteps(network, startingFrom: given, golden)
        return results
    }

    private static func resNet(
        _ layers: ResNetConfiguration.Layers, _ golden: GoldenFile, on backend: any Backend
    ) throws -> [String: HostTensor] {
        let network = try ResNet(
            ResNetConfiguration(
                layers,
                form: ClassifierForm(
                    inputChannels: try golden.input("x").shape.columns, classes: try golden.attribute("classes"))),
            seed: 0, on: backend)
        let given = try GeneratedTensors.make(
            names: golden.attribute("generator_tensor_names"), seed: golden.attribute("generator_seed"),
            shapes: network.tensors.fileShapes)
        for (name, tensor) in golden.tensors(under: "check.") where given[name] != tensor {
            throw GoldenError.badFile(golden.caseName, problem: "the generated \(name) differs from in.check.\(name)")
        }
        return try inferenceAndTraining(network, startingFrom: given, golden)
    }

    private static func inferenceAndTraining(
        _ network: some ImageClassifier, startingFrom given: [String: HostTensor], _ golden: GoldenFile
    ) throws -> [String: HostTensor] {
        let backend = network.parameters.backend
        let images = try backend.input("x", of: golden)
        try network.tensors.load(given)

        let inference = Tape(on: backend, recording: false)
        let features = try network.features(of: inference.constant(images), mode: .inference, on: inference)
        var results = try backend.read([
            "inference.features": features.value,
            "inference.logits": network.logits(of: features, on: inference).value,
        ])

        // A case that holds no gradients is of a network for which they would say nothing.
        let hasGradients = golden.expected.keys.contains { $0.hasPrefix("grad") }
        results.merge(try trainingPass(network, golden, backward: hasGradients)) { _, new in new }
        let gradients = try network.parameters.layout.read(network.parameters.gradients, on: backend)
        for (name, gradient) in gradients { results["grad.\(name)"] = gradient }
        for (name, buffer) in try network.buffers.layout.read(network.buffers.values, on: backend) {
            results["buffer.\(name)"] = buffer
        }
        let names: [String] = try golden.attribute("gradient_norm_names")
        results["gradient_norms"] = try HostTensor(
            names.map { gradients[$0]?.norm ?? .nan }, shape: try Shape([names.count]))
        return results
    }

    /// One training-mode forward pass and, unless it is left out, a backward one; the gradients are in the network's arena.
    private static func trainingPass(
        _ network: some ImageClassifier, _ golden: GoldenFile, backward: Bool = true
    ) throws -> [String: HostTensor] {
        let backend = network.parameters.backend
        let labels = try backend.oneHot(backend.input("labels", of: golden), classes: network.classes)
        let tape = Tape(on: backend)
        try network.parameters.resetGradients()
        let features = try network.features(
            of: tape.constant(backend.input("x", of: golden)), mode: .training, on: tape)
        let logits = try network.logits(of: features, on: tape)
        let loss = try tape.crossEntropy(logits, targets: labels)
        if backward { try tape.backward(from: loss) }
        return try backend.read(["features": features.value, "logits": logits.value, "loss": loss.value])
    }

    private static func lossesOfThreeSteps(
        _ network: some ImageClassifier, startingFrom given: [String: HostTensor], _ golden: GoldenFile
    ) throws -> HostTensor {
        try network.tensors.load(given)
        let optimizer = try StochasticGradientDescent(
            network.parameters, momentum: golden.attribute("momentum"), nesterov: golden.attribute("nesterov"),
            weightDecay: golden.attribute("weight_decay"),
            weightDecaySkipsBatchNormalizationAndBias: golden.attribute("weight_decay_skips_batch_norm_and_bias"))
        var losses: [Float] = []
        for step in 0...3 {
            losses += try trainingPass(network, golden)["loss"]?.floats ?? []
            if step < 3 { try optimizer.step(learningRate: golden.attribute("learning_rate")) }
        }
        return try HostTensor(losses, shape: [4])
    }
}

/// Parameters and running statistics that a case describes by a formula instead of storing them.
private enum GeneratedTensors {
    static func make(names: [String], seed: UInt64, shapes: [String: Shape]) throws -> [String: HostTensor] {
        var tensors: [String: HostTensor] = [:]
        for (index, name) in names.enumerated() {
            guard let shape = shapes[name] else {
                throw GoldenError.badFile("generator_tensor_names", problem: "the network has no \(name)")
            }
            let start = seed &* 1000 &+ UInt64(index)
            let (shift, scale) = shiftAndScale(of: name, shape: shape)
            let values = (1...UInt64(shape.count)).map { element in
                Float(shift + scale * uniform(start: start, element: element))
            }
            tensors[name] = try HostTensor(values, shape: shape)
        }
        return tensors
    }

    /// A number in [−1, 1) by SplitMix64.
    private static func uniform(start: UInt64, element: UInt64) -> Double {
        var z = start &+ element &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return 2 * (Double(z >> 40) / 0x1p24) - 1
    }

    private static func shiftAndScale(of name: String, shape: Shape) -> (shift: Double, scale: Double) {
        let fanIn = Double(shape.dimensions.dropFirst().reduce(1, *))
        return if name.hasSuffix("running_mean") {
            (0, 0.1)
        } else if name.hasSuffix("running_var") {
            (1, 0.5)
        } else if name.hasSuffix("bias") {
            (0, 0.05)
        } else if shape.rank == 4 {
            (0, (6 / fanIn).squareRoot())
        } else if name == "fc.weight" {
            (0, (3 / fanIn).squareRoot())
        } else {
            (1, 0.1)
        }
    }
}

extension NetworkTensors {
    /// The shape of every parameter and running statistic in files.
    fileprivate var fileShapes: [String: Shape] {
        let declarations = (parameters.layout.entries + buffers.layout.entries).map(\.declaration)
        return Dictionary(uniqueKeysWithValues: declarations.map { ($0.name, $0.fileShape) })
    }
}

extension GoldenFile {
    /// The inputs whose names begin with `prefix`, without it.
    func tensors(under prefix: String) -> [String: HostTensor] {
        var selected: [String: HostTensor] = [:]
        for (name, tensor) in inputs where name.hasPrefix(prefix) {
            selected[String(name.dropFirst(prefix.count))] = tensor
        }
        return selected
    }
}

extension HostTensor {
    /// The Euclidean length.
    fileprivate var norm: Float {
        var sum = 0.0
        for value in floats { sum += Double(value) * Double(value) }
        return Float(sum.squareRoot())
    }
}
