import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class WideResNetTests: XCTestCase {
    private let backend = CPUBackend()
    private let small = WideResNetConfiguration(
        depth: 10, width: 2, form: ClassifierForm(inputChannels: 3, classes: 10))

    func testWRN28x2HasThePublishedSize() throws {
        let network = try WideResNet(
            .init(depth: 28, width: 2, form: ClassifierForm(inputChannels: 3, classes: 10)), seed: 0, on: backend)
        XCTAssertEqual(network.parameters.parameterCount, 1_467_610)
        XCTAssertEqual(network.featureWidth, 128)
        let operations = try network.forwardFloatingPointOperations(images: [1, 32, 32, 3])
        let classifierOperations = 2 * 128 * 10
        XCTAssertEqual(Double(operations - classifierOperations) / 1e6, 428.7, accuracy: 0.05)
        XCTAssertEqual(try network.forwardFloatingPointOperations(images: [7, 32, 32, 3]), 7 * operations)
    }

    func testTheFirstValuesDependOnTheSeedAlone() throws {
        func values(seed: UInt64, auxiliaryHead: Bool = false) throws -> [String: HostTensor] {
            var configuration = small
            configuration.form.auxiliaryHead = auxiliaryHead
            return try WideResNet(configuration, seed: seed, on: CPUBackend()).tensors.stateDictionary()
        }
        let first = try values(seed: 3)
        XCTAssertEqual(first, try values(seed: 3))
        XCTAssertNotEqual(first["conv1.weight"], try values(seed: 4)["conv1.weight"])
        let withHead = try values(seed: 3, auxiliaryHead: true)
        XCTAssertEqual(first, withHead.filter { !$0.key.hasPrefix("auxiliary_classifier.") })
        XCTAssertEqual(withHead.count, first.count + 2)
    }

    func testFirstValuesHaveTheSpreadOfHesAndGlorotsRules() throws {
        let state = try WideResNet(
            .init(depth: 10, width: 4, form: ClassifierForm(inputChannels: 3, classes: 100)), seed: 5, on: backend
        ).tensors.stateDictionary()
        // 3·3·256 outputs; 256 inputs and 100 outputs.
        for (name, variance) in [("block3.layer.0.conv2.weight", 2.0 / 2304), ("classifier.weight", 2.0 / 356)] {
            let values = try XCTUnwrap(state[name]).floats.map(Double.init)
            let mean = values.reduce(0, +) / Double(values.count)
            let measured = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            XCTAssertEqual(measured / variance, 1, accuracy: 0.05, name)
            XCTAssertEqual(mean / variance.squareRoot(), 0, accuracy: 0.03, name)
        }
        XCTAssertEqual(state["bn1.weight"]?.floats, [Float](repeating: 1, count: 256))
        XCTAssertEqual(state["bn1.running_var"]?.floats, [Float](repeating: 1, count: 256))
        XCTAssertEqual(state["classifier.bias"]?.floats, [Float](repeating: 0, count: 100))
    }

    func testATwinHasTheSameValuesInMemoryOfItsOwn() throws {
        let network = try WideResNet(small, seed: 1, on: backend)
        let twin = try network.twin()
        XCTAssertEqual(try twin.tensors.stateDictionary(), try network.tensors.stateDictionary())
        try backend.fill(network.parameters.values, with: 0)
        XCTAssertNotEqual(try twin.tensors.stateDictionary(), try network.tensors.stateDictionary())
    }

    func testImpossibleConfigurationsAreRefused() {
        for (depth, width, channels, classes) in [
            (12, 1, 3, 10), (4, 1, 3, 10), (10, 0, 3, 10), (10, 1, 0, 10), (10, 1, 3, 1),
        ] {
            XCTAssertThrowsError(
                try WideResNet(
                    .init(
                        depth: depth, width: width, form: ClassifierForm(inputChannels: channels, classes: classes)),
                    seed: 0,
                    on: backend)
            ) { XCTAssertTrue($0 is NetworkError) }
        }
    }

    func testImagesOfOtherChannelsAreRefused() throws {
        let network = try WideResNet(small, seed: 0, on: backend)
        let tape = Tape(on: backend, recording: false)
        let images = tape.constant(try backend.tensor(repeating: 0, [1, 8, 8, 1]))
        XCTAssertThrowsError(try network.features(of: images, mode: .inference, on: tape))
        XCTAssertThrowsError(try network.forwardFloatingPointOperations(images: [1, 8, 8, 1]))
        XCTAssertThrowsError(try network.auxiliaryLogits(of: images, on: tape)) {
            XCTAssertEqual($0 as? NetworkError, .noAuxiliaryHead)
        }
    }

    func testImagesOfAnySizeAreTaken() throws {
        let network = try WideResNet(small, seed: 0, on: backend)
        let tape = Tape(on: backend, recording: false)
        let images = tape.constant(try backend.tensor(repeating: 0.5, [2, 13, 9, 3]))
        let features = try network.features(of: images, mode: .training, on: tape)
        XCTAssertEqual(features.shape, [2, 128])
        XCTAssertEqual(try network.logits(of: features, on: tape).shape, [2, 10])
    }
}
