import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class StateDictionaryTests: XCTestCase {
    private let backend = CPUBackend()
    private let configuration = WideResNetConfiguration(
        depth: 10, width: 1, form: ClassifierForm(inputChannels: 3, classes: 4))

    func testTheNamesAndLayoutsArePyTorchs() throws {
        let state = try WideResNet(configuration, seed: 1, on: backend).tensors.stateDictionary()
        XCTAssertEqual(state["conv1.weight"]?.shape, [16, 3, 3, 3])
        XCTAssertEqual(state["block2.layer.0.convShortcut.weight"]?.shape, [32, 16, 1, 1])
        XCTAssertEqual(state["classifier.weight"]?.shape, [4, 64])
        XCTAssertEqual(state["block3.layer.0.bn2.running_var"]?.shape, [64])
        XCTAssertNil(state["block1.layer.0.convShortcut.weight"])
    }

    func testFiltersAreTransposedBetweenFileAndDevice() throws {
        var declarations = NetworkDeclarations()
        Convolution2D("conv", from: 2, to: 4, window: 3).declare(in: &declarations)
        let tensors = try NetworkTensors(declarations, seed: 0, on: backend)
        // In the file element (o, i, r, s) is 1000 o + 100 i + 10 r + s.
        var values: [Float] = []
        for output in 0..<4 {
            for input in 0..<2 {
                for row in 0..<3 {
                    for column in 0..<3 { values.append(Float(1000 * output + 100 * input + 10 * row + column)) }
                }
            }
        }
        let file = ["conv.weight": try HostTensor(values, shape: [4, 2, 3, 3])]
        try tensors.load(file)
        let device = try backend.read(tensors.parameters.variable("conv.weight").value).floats
        // On the device it is at ((r · 3 + s) · 2 + i) · 4 + o.
        XCTAssertEqual(device[((2 * 3 + 1) * 2 + 1) * 4 + 3], 3121)
        XCTAssertEqual(try tensors.stateDictionary(), file)
    }

    func testARoundTripKeepsEveryBit() throws {
        let source = try WideResNet(configuration, seed: 1, on: backend)
        let destination = try WideResNet(configuration, seed: 2, on: backend)
        let state = try source.tensors.stateDictionary()
        XCTAssertNotEqual(try destination.tensors.stateDictionary(), state)
        try destination.tensors.load(state)
        XCTAssertEqual(try destination.tensors.stateDictionary(), state)
    }

    func testAMismatchNamesEveryTensorAndChangesNothing() throws {
        let network = try WideResNet(configuration, seed: 1, on: backend)
        let before = try network.tensors.stateDictionary()
        var state = before
        state["classifier.weight"] = try HostTensor([1, 2] as [Float], shape: [2])
        state["bn1.running_mean"] = try HostTensor([Int32](repeating: 0, count: 64), shape: [64])
        state["conv1.weight"] = nil
        state["conv2.weight"] = try HostTensor([1] as [Float], shape: [1])
        XCTAssertThrowsError(try network.tensors.load(state)) { error in
            guard case .stateMismatch(let missing, let unexpected, let misshaped)? = error as? NetworkError else {
                return XCTFail("threw \(error)")
            }
            XCTAssertEqual(missing, ["conv1.weight"])
            XCTAssertEqual(unexpected, ["conv2.weight"])
            XCTAssertEqual(Set(misshaped.map(\.name)), ["classifier.weight", "bn1.running_mean"])
            for name in missing + unexpected + misshaped.map(\.name) {
                XCTAssertTrue("\(error)".contains(name), "\(error)")
            }
        }
        XCTAssertEqual(try network.tensors.stateDictionary(), before)
    }

    func testPyTorchsBatchCountersArePassedOver() throws {
        let network = try WideResNet(configuration, seed: 1, on: backend)
        var state = try network.tensors.stateDictionary()
        state["bn1.num_batches_tracked"] = try HostTensor([7] as [Int32], shape: [1])
        XCTAssertNoThrow(try network.tensors.load(state))
    }

    func testANameDeclaredTwiceIsRefused() {
        var declarations = NetworkDeclarations()
        Linear("layer", from: 3, to: 2).declare(in: &declarations)
        Linear("layer", from: 3, to: 2).declare(in: &declarations)
        XCTAssertThrowsError(try NetworkTensors(declarations, seed: 0, on: backend)) {
            XCTAssertTrue($0 is NetworkError)
        }
    }
}
