import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class ResNetTests: XCTestCase {
    private let backend = CPUBackend()

    /// torchvision's `sum(p.numel() for p in resnet50().parameters())`, and its multiply-adds for 224×224 pixels without
    /// those of batch normalization.
    func testSizesAndWorkAreTorchvisions() throws {
        for (layers, parameters, multiplyAdds) in [
            (ResNetConfiguration.Layers.eighteen, 11_689_512, 1.814), (.fifty, 25_557_032, 4.089),
        ] {
            let network = try ResNet(
                ResNetConfiguration(layers, form: ClassifierForm(inputChannels: 3, classes: 1000)), seed: 0, on: backend
            )
            XCTAssertEqual(network.parameters.parameterCount, parameters, "\(layers)")
            let operations = try network.forwardFloatingPointOperations(images: [1, 224, 224, 3])
            XCTAssertEqual(Double(operations) / 2e9, multiplyAdds, accuracy: 0.001, "\(layers)")
        }
    }

    func testNamesAndShapesAreTorchvisions() throws {
        let state = try ResNet(
            ResNetConfiguration(
                .fifty,
                form: ClassifierForm(inputChannels: 3, classes: 10, auxiliaryHead: true, rotationHead: true)),
            seed: 0, on: backend
        ).tensors.stateDictionary()
        for (name, shape) in [
            ("conv1.weight", [64, 3, 7, 7] as Shape), ("bn1.running_var", [64]),
            ("layer1.0.conv1.weight", [64, 64, 1, 1]), ("layer1.0.downsample.0.weight", [256, 64, 1, 1]),
            ("layer1.2.bn3.bias", [256]), ("layer2.0.conv2.weight", [128, 128, 3, 3]),
            ("layer4.0.downsample.1.running_mean", [2048]), ("layer4.2.conv3.weight", [2048, 512, 1, 1]),
            ("fc.weight", [10, 2048]), ("auxiliary_classifier.bias", [10]), ("rotation_classifier.weight", [4, 2048]),
        ] {
            XCTAssertEqual(state[name]?.shape, shape, name)
        }
        // torchvision's 320 entries less 53 counters, and the two heads.
        XCTAssertEqual(state.count, 320 - 53 + 4)
    }

    /// The small stem leaves images as large as they are; the golden vectors have the large one.
    func testAStepWithTheSmallStem() throws {
        let network = try ResNet(
            ResNetConfiguration(.eighteen, stem: .small, form: ClassifierForm(inputChannels: 1, classes: 3)), seed: 1,
            on: backend)
        let images = try backend.randomNormal([2, 8, 8, 1], stream: RandomStream(seed: 1, purpose: .testing))
        let tape = Tape(on: backend)
        let features = try network.features(of: tape.constant(images), mode: .training, on: tape)
        XCTAssertEqual(features.value.shape, [2, 512])
        let logits = try network.logits(of: features, on: tape)
        try network.parameters.resetGradients()
        let targets = try backend.oneHot(backend.tensor([0, 2] as [Int32], [2]), classes: 3)
        try tape.backward(from: tape.crossEntropy(logits, targets: targets))
        let gradients = try network.parameters.layout.read(network.parameters.gradients, on: backend)
        for (name, gradient) in gradients {
            XCTAssertTrue(gradient.floats.allSatisfy(\.isFinite), name)
            XCTAssertTrue(gradient.floats.contains { $0 != 0 }, "\(name) gets no gradient")
        }
        XCTAssertEqual(try network.twin().tensors.stateDictionary(), try network.tensors.stateDictionary())
    }

    func testImpossibleFormsAreRefused() {
        for form in [ClassifierForm(inputChannels: 0, classes: 2), ClassifierForm(inputChannels: 3, classes: 1)] {
            XCTAssertThrowsError(try ResNet(ResNetConfiguration(.eighteen, form: form), seed: 0, on: backend)) {
                XCTAssertTrue($0 is NetworkError)
            }
        }
    }
}
