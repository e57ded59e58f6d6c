import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class TapeTests: XCTestCase {
    private let backend = CPUBackend()

    func testAVariableUsedTwiceReceivesTheSumOfItsGradients() throws {
        let input = Variable(try backend.tensor([0, 1, 2, -1] as [Float], [2, 2]), requiresGradient: true)
        let (once, _) = try gradient(of: input) { tape in try loss(of: input, on: tape) }
        let (twice, _) = try gradient(of: input) { tape in
            try tape.weightedSum([(1, try loss(of: input, on: tape)), (2, try loss(of: input, on: tape))])
        }
        XCTAssertEqual(twice, once.map { 3 * $0 })
    }

    /// The input meets its own residual, so that its two gradients are added in the convolution's backward pass.
    func testAResidualAddedByTheConvolutionIsTheSumInBothDirections() throws {
        let input = Variable(
            try backend.tensor((0..<36).map { Float($0 % 7) - 3 }, [1, 3, 3, 4]), requiresGradient: true)
        let filter = Variable(
            try backend.tensor((0..<144).map { Float($0 % 5) / 8 - 0.25 }, [3, 3, 4, 4]), requiresGradient: true)
        func run(_ sum: (Tape) throws -> Variable) throws -> (loss: Float, gradients: [[Float]]) {
            filter.resetGradient()
            let (gradient, loss) = try gradient(of: input) { tape in
                try self.loss(of: try tape.globalAveragePooling(try sum(tape)), on: tape)
            }
            return (loss, [gradient, try backend.read(try XCTUnwrap(filter.gradient)).floats])
        }
        let separate = try run { tape in
            try tape.add(input, try tape.convolution2D(input, filter: filter, stride: 1, padding: 1))
        }
        let fused = try run { tape in
            try tape.convolution2D(input, filter: filter, stride: 1, padding: 1, adding: input)
        }
        XCTAssertEqual(fused.loss, separate.loss)
        XCTAssertEqual(fused.gradients, separate.gradients)
    }

    func testAParameterUsedTwiceReceivesTheSumInItsPlaceInTheArena() throws {
        let tensors = try makeTensors()
        let layer = Linear("layer", from: 3, to: 2)
        let input = Variable(try backend.tensor([1, 2, 3, -1, 0, 1] as [Float], [2, 3]), requiresGradient: false)
        func run(times: Int) throws -> [Float] {
            try tensors.parameters.resetGradients()
            let tape = Tape(on: backend)
            let losses = try (0..<times).map { _ in
                (Float(1), try loss(of: layer.apply(to: input, with: tensors, on: tape), on: tape))
            }
            try tape.backward(from: tape.weightedSum(losses))
            return try backend.read(tensors.parameters.gradients).floats
        }
        let once = try run(times: 1)
        XCTAssertTrue(once.contains { $0 != 0 })
        let twice = try run(times: 2)
        for (one, two) in zip(once, twice) { XCTAssertEqual(two, 2 * one, accuracy: 1e-6) }
    }

    func testSplitPutsEachPartsGradientIntoItsRowsAndZerosElsewhere() throws {
        let joint = Variable(
            try backend.tensor((0..<10).map(Float.init), [5, 2]), requiresGradient: true)
        var partGradient: [Float] = []
        let (gradient, _) = try gradient(of: joint) { tape in
            let parts = try tape.split(joint, counts: [2, 2, 1])
            XCTAssertEqual(try backend.read(parts[1].value).floats, [4, 5, 6, 7])
            let alone = Variable(parts[1].value, requiresGradient: true)
            partGradient = try self.gradient(of: alone) { try loss(of: alone, on: $0) }.gradient
            return try loss(of: parts[1], on: tape)
        }
        XCTAssertEqual(gradient, [0, 0, 0, 0] + partGradient + [0, 0])
    }

    func testSplitRefusesPartsThatAreNotAllRows() throws {
        let joint = Variable(try backend.tensor(repeating: 0, [5, 2]), requiresGradient: true)
        let tape = Tape(on: backend)
        for counts in [[2, 2], [5, 1], [-1, 6], []] {
            XCTAssertThrowsError(try tape.split(joint, counts: counts)) { XCTAssertTrue($0 is TensorError) }
        }
    }

    func testABranchThatTheLossDoesNotDependOnGetsNoGradient() throws {
        let used = Variable(try backend.tensor([1, 2] as [Float], [1, 2]), requiresGradient: true)
        let unused = Variable(try backend.tensor([1, 2] as [Float], [1, 2]), requiresGradient: true)
        let tape = Tape(on: backend)
        _ = try tape.leakyReLU(try tape.add(unused, used), negativeSlope: 0.1)
        try tape.backward(from: loss(of: used, on: tape))
        XCTAssertNotNil(used.gradient)
        XCTAssertNil(unused.gradient)
    }

    func testATapeThatDoesNotRecordGivesConstants() throws {
        let input = Variable(try backend.tensor([1, 2] as [Float], [1, 2]), requiresGradient: true)
        let tape = Tape(on: backend, recording: false)
        let output = try loss(of: input, on: tape)
        XCTAssertFalse(output.requiresGradient)
        try tape.backward(from: output)
        XCTAssertNil(input.gradient)
    }

    func testBackwardRefusesALossOfSeveralNumbers() throws {
        let input = Variable(try backend.tensor([1, 2] as [Float], [1, 2]), requiresGradient: true)
        XCTAssertThrowsError(try Tape(on: backend).backward(from: input)) { XCTAssertTrue($0 is TensorError) }
    }

    func testInferenceModeRefusesToRecord() throws {
        let network = try WideResNet(
            .init(depth: 10, width: 1, form: ClassifierForm(inputChannels: 1, classes: 3)), seed: 1, on: backend)
        let images = Variable(try backend.tensor(repeating: 0.5, [1, 8, 8, 1]), requiresGradient: false)
        XCTAssertThrowsError(try network.features(of: images, mode: .inference, on: Tape(on: backend)))
        XCTAssertNoThrow(
            try network.features(of: images, mode: .inference, on: Tape(on: backend, recording: false)))
    }

    func testGradientsAgreeWithFiniteDifferences() throws {
        let prototypes = try backend.tensor([1, 0, 2, 0.5, -1, 1] as [Float], [2, 3])
        let values: [Float] = [0.3, -0.7, 1.1, 0.9, 0.2, -0.4, -1.2, 0.8, 0.6]
        func value(_ input: Variable, on tape: Tape) throws -> Variable {
            let parts = try tape.split(try tape.leakyReLU(input, negativeSlope: 0.1), counts: [2, 1])
            let logits = try tape.cosineSimilarityToPrototypes(parts[0], prototypes: prototypes, temperature: 0.5)
            let other = try tape.cosineSimilarityToPrototypes(parts[1], prototypes: prototypes, temperature: 0.5)
            return try tape.weightedSum([(1, try loss(of: logits, on: tape)), (0.5, try loss(of: other, on: tape))])
        }
        let input = Variable(try backend.tensor(values, [3, 3]), requiresGradient: true)
        let (gradient, _) = try gradient(of: input) { try value(input, on: $0) }
        let step: Float = 1e-2
        for index in values.indices {
            func moved(by change: Float) throws -> Float {
                var moved = values
                moved[index] += change
                let tape = Tape(on: backend, recording: false)
                return try backend.read(value(tape.constant(backend.tensor(moved, [3, 3])), on: tape).value).floats[0]
            }
            let difference = try (moved(by: step) - moved(by: -step)) / (2 * step)
            XCTAssertEqual(gradient[index], difference, accuracy: 2e-3, "element \(index)")
        }
    }

    func testASecondTrainingStepFindsAllItsMemoryInThePool() throws {
        let network = try WideResNet(
            .init(depth: 10, width: 1, form: ClassifierForm(inputChannels: 1, classes: 3)), seed: 1, on: backend)
        let optimizer = try StochasticGradientDescent(network.parameters)
        func step() throws {
            let tape = Tape(on: backend)
            try network.parameters.resetGradients()
            let images = tape.constant(try backend.tensor(repeating: 0.5, [4, 8, 8, 1]))
            let features = try network.features(of: images, mode: .training, on: tape)
            try tape.backward(from: loss(of: try network.logits(of: features, on: tape), on: tape))
            try optimizer.step(learningRate: 0.1)
        }
        try step()
        let allocations = backend.statistics.allocations
        let bytes = backend.statistics.allocatedBytes
        try step()
        XCTAssertEqual(backend.statistics.allocations, allocations)
        XCTAssertEqual(backend.statistics.allocatedBytes, bytes)
    }

    func testActivationsReturnToThePoolDuringTheBackwardPass() throws {
        weak var storage: (any TensorStorage)?
        let input = Variable(try backend.tensor([1, -2] as [Float], [1, 2]), requiresGradient: true)
        let tape = Tape(on: backend)
        var observedDuringBackward = false
        // Plays after the activation has been let go, since it was recorded before it.
        let watched = tape.record(input.value, from: [input]) { _ in observedDuringBackward = storage == nil }
        let output = try {
            let activation = try tape.leakyReLU(watched, negativeSlope: 0.1)
            storage = activation.value.storage
            return try loss(of: activation, on: tape)
        }()
        XCTAssertNotNil(storage)
        try tape.backward(from: output)
        XCTAssertTrue(observedDuringBackward)
    }

    // MARK: Helpers

    /// Cross entropy with class 0 in every row.
    private func loss(of logits: Variable, on tape: Tape) throws -> Variable {
        let rows = logits.shape.rows
        let labels = try backend.tensor([Int32](repeating: 0, count: rows), try Shape([rows]))
        return try tape.crossEntropy(logits, targets: backend.oneHot(labels, classes: logits.shape.columns))
    }

    private func gradient(
        of input: Variable, loss: (Tape) throws -> Variable
    ) throws -> (gradient: [Float], loss: Float) {
        input.resetGradient()
        let tape = Tape(on: backend)
        let output = try loss(tape)
        try tape.backward(from: output)
        let gradient = try XCTUnwrap(input.gradient)
        return (try backend.read(gradient).floats, try backend.read(output.value).floats[0])
    }

    private func makeTensors() throws -> NetworkTensors {
        var declarations = NetworkDeclarations()
        Linear("layer", from: 3, to: 2).declare(in: &declarations)
        return try NetworkTensors(declarations, seed: 7, on: backend)
    }
}
