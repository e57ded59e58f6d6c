import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class PrecisionTests: XCTestCase {
    private let backend = CPUBackend()
    private let images: Shape = [6, 12, 12, 3]
    private let targets: [Float] = (0..<24).map { $0 % 4 == $0 / 4 % 4 ? 1 : 0 }

    private func network(_ precision: Precision, _ flavour: WideResNetConfiguration.Flavour) throws -> WideResNet {
        try WideResNet(
            WideResNetConfiguration(
                depth: 10, width: 1, flavour: flavour,
                form: ClassifierForm(inputChannels: 3, classes: 4, precision: precision)),
            seed: 3, on: backend)
    }

    /// The loss of one forward pass and the gradient of all parameters, divided by the loss scale.
    private func gradients(
        of network: WideResNet, lossScale: Float
    ) throws -> (loss: Float, gradients: [Float], features: ElementType) {
        let tape = Tape(on: backend)
        let images = try backend.randomNormal(self.images, stream: RandomStream(seed: 5, purpose: .testing))
        let features = try network.features(of: tape.constant(images), mode: .training, on: tape)
        let loss = try tape.crossEntropy(
            network.logits(of: features, on: tape), targets: backend.tensor(targets, [6, 4]))
        try network.parameters.resetGradients()
        try tape.backward(from: loss, lossScale: lossScale)
        return (
            try backend.read(loss.value).floats[0],
            try backend.read(network.parameters.gradients).floats.map { $0 / lossScale }, features.value.elementType
        )
    }

    func testTheLossScaleChangesNoBitOfGradientsInSinglePrecision() throws {
        let plain = try gradients(of: network(.single, .daso), lossScale: 1)
        let scaled = try gradients(of: network(.single, .daso), lossScale: Precision.mixed.lossScale)
        XCTAssertEqual(plain.loss, scaled.loss)
        XCTAssertEqual(plain.gradients, scaled.gradients)
    }

    /// A stored activation is off by 3·10⁻⁴ of itself. What moves gradients more: one in about 4000 activations comes to lie
    /// on the other side of the leaky ReLU's kink, where its gradient is ten times as large or small. For each of the seven
    /// activations in a row that turns the gradient by √(1/4000) ≈ 1.5 %, together by about 4 %.
    func testGradientsInMixedPrecisionPointWhereThoseInSinglePrecisionDo() throws {
        for flavour in WideResNetConfiguration.Flavour.allCases {
            let single = try gradients(of: network(.single, flavour), lossScale: 1)
            let mixed = try gradients(of: network(.mixed, flavour), lossScale: Precision.mixed.lossScale)
            XCTAssertEqual(mixed.features, .float32)
            XCTAssertEqual(mixed.loss, single.loss, accuracy: 2e-3 * single.loss)
            XCTAssertNotEqual(mixed.gradients, single.gradients)
            XCTAssertLessThan(distance(mixed.gradients, single.gradients), 0.1, "\(flavour)")
        }
    }

    func testWithoutTheLossScaleSmallGradientsAreLost() throws {
        let exact = try gradients(of: network(.single, .daso), lossScale: 0x1p-14).gradients
        let unscaled = try gradients(of: network(.mixed, .daso), lossScale: 0x1p-14).gradients
        let scaled = try gradients(of: network(.mixed, .daso), lossScale: 0x1p-14 * Precision.mixed.lossScale).gradients
        XCTAssertGreaterThan(distance(unscaled, exact), 5 * distance(scaled, exact))
    }

    /// The length of the difference as a part of the length of `expected`.
    private func distance(_ found: [Float], _ expected: [Float]) -> Double {
        let difference = zip(found, expected).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return (difference / expected.reduce(0.0) { $0 + Double($1 * $1) }).squareRoot()
    }

    func testAConversionsGradientComesBackInTheInputsType() throws {
        let tape = Tape(on: backend)
        let input = Variable(try backend.tensor([1, 2.0005, -3] as [Float], [1, 3]), requiresGradient: true)
        let halves = try tape.convert(input, to: .float16)
        XCTAssertEqual(halves.value.elementType, .float16)
        XCTAssertEqual(try backend.read(halves.value).floats, [1, 2, -3])
        XCTAssertTrue(try tape.convert(halves, to: .float16) === halves)
        let logits = try tape.convert(halves, to: .float32)
        try tape.backward(from: tape.crossEntropy(logits, targets: backend.tensor([1, 0, 0] as [Float], [1, 3])))
        let gradient = try backend.read(XCTUnwrap(input.gradient))
        XCTAssertEqual(gradient.elementType, .float32)
        let expected = try backend.read(backend.softmax(logits.value)).floats
        for (found, expected) in zip(gradient.floats, [expected[0] - 1, expected[1], expected[2]]) {
            XCTAssertEqual(found, expected, accuracy: 0x1p-11 * abs(expected))
        }
    }
}
