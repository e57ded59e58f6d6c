import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class ProjectionHeadTests: XCTestCase {
    private let backend = CPUBackend()

    private func features() throws -> Variable {
        Variable(
            try backend.randomNormal([16, 8], stream: RandomStream(seed: 1, purpose: .testing)), requiresGradient: true)
    }

    func testLayersAreNumberedAsASequentialModelWouldNumberThem() throws {
        func names(_ perceptron: MultiLayerPerceptron) throws -> [String] {
            try ProjectionHead(perceptron, seed: 1, on: backend).tensors.stateDictionary().keys
                .filter { $0.hasSuffix(".weight") }.sorted()
        }
        XCTAssertEqual(
            try names(.contrastiveProjection(featureWidth: 8)), ["projection.0.weight", "projection.2.weight"])
        XCTAssertEqual(
            try names(.simSiamProjection(featureWidth: 8, width: 6)),
            ["projection.0.weight", "projection.1.weight", "projection.3.weight", "projection.4.weight"])
        XCTAssertEqual(
            try names(.barlowTwinsProjection(featureWidth: 8, width: 6)),
            [
                "projection.0.weight", "projection.1.weight", "projection.3.weight", "projection.4.weight",
                "projection.6.weight",
            ])
    }

    func testHeadsHaveTheWidthsOfTheirPapers() throws {
        XCTAssertEqual(try MultiLayerPerceptron.contrastiveProjection(featureWidth: 512).widths, [512, 512, 128])
        XCTAssertEqual(try MultiLayerPerceptron.simSiamProjection(featureWidth: 512).widths, [512, 2048, 2048])
        XCTAssertEqual(try MultiLayerPerceptron.simSiamPrediction().widths, [2048, 512, 2048])
        XCTAssertEqual(try MultiLayerPerceptron.byolProjection(featureWidth: 512).widths, [512, 4096, 256])
        XCTAssertEqual(try MultiLayerPerceptron.byolPrediction().widths, [256, 4096, 256])
        XCTAssertEqual(
            try MultiLayerPerceptron.barlowTwinsProjection(featureWidth: 512).widths, [512, 8192, 8192, 8192])
    }

    func testAPlainHeadIsTwoLinearLayersWithAReLU() throws {
        let head = try ProjectionHead(.contrastiveProjection(featureWidth: 8, width: 4), seed: 1, on: backend)
        let input = try features()
        let tape = Tape(on: backend, recording: false)
        let parameters = head.tensors.parameters
        let hidden = try backend.leakyReLU(
            backend.linear(
                input.value, weight: parameters.variable("projection.0.weight").value,
                bias: parameters.variable("projection.0.bias").value),
            negativeSlope: 0)
        let expected = try backend.linear(
            hidden, weight: parameters.variable("projection.2.weight").value,
            bias: parameters.variable("projection.2.bias").value)
        XCTAssertEqual(try backend.read(head.apply(to: input, on: tape).value), try backend.read(expected))
    }

    func testANormalisedOutputHasMeanZeroAndVarianceOne() throws {
        let head = try ProjectionHead(.simSiamProjection(featureWidth: 8, width: 6), seed: 1, on: backend)
        let output = try backend.read(head.apply(to: features(), on: Tape(on: backend)).value).floats
        XCTAssertTrue(output.contains { $0 < 0 }, "no ReLU follows the output")
        for column in 0..<6 {
            let values = stride(from: column, to: output.count, by: 6).map { output[$0] }
            let mean = values.reduce(0, +) / 16
            XCTAssertEqual(mean, 0, accuracy: 1e-5)
            XCTAssertEqual(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 16, 1, accuracy: 1e-3)
        }
    }

    func testGradientsReachEveryWeightAndTheFeatures() throws {
        for perceptron in try [
            MultiLayerPerceptron.contrastiveProjection(featureWidth: 8, width: 4),
            .byolProjection(featureWidth: 8, hiddenWidth: 12, width: 4),
            .barlowTwinsProjection(featureWidth: 8, width: 6),
        ] {
            let head = try ProjectionHead(perceptron, seed: 1, on: backend)
            let input = try features()
            let tape = Tape(on: backend)
            let output = try head.apply(to: input, on: tape)
            try tape.backward(from: tape.mean(tape.multiply(output, output)))
            XCTAssertNotNil(input.gradient)
            for name in try head.tensors.stateDictionary().keys where name.hasSuffix(".weight") {
                let variable = try head.tensors.parameters.variable(name)
                let gradient = try backend.read(XCTUnwrap(variable.gradient, name)).floats
                XCTAssertTrue(gradient.contains { $0 != 0 }, name)
            }
        }
    }

    func testHeadsOfOneSeedHaveFirstValuesOfTheirOwn() throws {
        func firstValues(_ name: String) throws -> [Float] {
            let perceptron = try MultiLayerPerceptron(
                name, widths: [8, 8], normalizesHidden: false, normalizesOutput: false)
            let head = try ProjectionHead(perceptron, seed: 1, on: backend)
            return try backend.read(head.tensors.parameters.variable("\(name).0.weight").value).floats
        }
        XCTAssertEqual(try firstValues("projection"), try firstValues("projection"))
        XCTAssertNotEqual(try firstValues("projection"), try firstValues("prediction"))
    }

    func testATwinHasTheSameValuesInAPlaceOfItsOwn() throws {
        let head = try ProjectionHead(.byolPrediction(hiddenWidth: 6, width: 4), seed: 3, on: backend)
        let twin = try head.twin()
        let before = try head.tensors.stateDictionary()
        XCTAssertEqual(try twin.tensors.stateDictionary(), before)
        try backend.fill(twin.tensors.parameters.values, with: 0)
        XCTAssertEqual(try head.tensors.stateDictionary(), before)
    }

    func testWidthsThatMakeNoPerceptronAreRefused() {
        for widths in [[], [8], [8, 0], [0, 8]] {
            XCTAssertThrowsError(
                try MultiLayerPerceptron("head", widths: widths, normalizesHidden: false, normalizesOutput: false)
            ) { XCTAssertTrue($0 is NetworkError) }
        }
        XCTAssertThrowsError(try MultiLayerPerceptron.simSiamProjection(featureWidth: 8, layers: 0))
    }
}
