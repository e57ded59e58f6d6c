import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

final class OptimizerTests: XCTestCase {
    private let backend = CPUBackend()

    func testWeightDecayCanSpareBatchNormalizationAndBiases() throws {
        func decayed(skips: Bool) throws -> Set<String> {
            let tensors = try makeTensors()
            try backend.fill(tensors.parameters.values, with: 1)
            let optimizer = try StochasticGradientDescent(
                tensors.parameters, momentum: 0, nesterov: false, weightDecay: 0.5,
                weightDecaySkipsBatchNormalizationAndBias: skips)
            try optimizer.step(learningRate: 0.1)
            let values = try tensors.parameters.layout.read(tensors.parameters.values, on: backend)
            return Set(values.filter { $0.value.floats.allSatisfy { $0 < 1 } }.keys)
        }
        XCTAssertEqual(try decayed(skips: true), ["conv.weight", "layer.weight"])
        XCTAssertEqual(
            try decayed(skips: false),
            ["conv.weight", "conv.bias", "bn.weight", "bn.bias", "layer.weight", "layer.bias"])
    }

    func testOneLaunchAStepOrTwoWhereDecayDiffers() throws {
        for (skips, launches) in [(false, 1), (true, 2)] {
            let optimizer = try StochasticGradientDescent(
                makeTensors().parameters, weightDecaySkipsBatchNormalizationAndBias: skips)
            let before = backend.statistics.launches
            try optimizer.step(learningRate: 0.1)
            XCTAssertEqual(backend.statistics.launches - before, launches)
        }
    }

    func testRestoringAnOptimizerGivesTheSameBitsAsNeverStopping() throws {
        let makers: [(ParameterArena) throws -> any Optimizer] = [
            { try StochasticGradientDescent($0) },
            { try Adam($0, weightDecay: 0.01) },
            { try Adam($0, weightDecay: 0.01, decoupledWeightDecay: true) },
        ]
        for make in makers {
            let straight = try makeTensors()
            let straightOptimizer = try make(straight.parameters)
            let stopped = try makeTensors()
            var stoppedOptimizer = try make(stopped.parameters)
            for step in 0..<5 {
                let resumed = try make(stopped.parameters)
                try resumed.restore(stoppedOptimizer.state())
                stoppedOptimizer = resumed
                for (tensors, optimizer) in [(straight, straightOptimizer), (stopped, stoppedOptimizer)] {
                    let stream = RandomStream(seed: 1, purpose: .testing, step: UInt32(step))
                    let gradient = try backend.randomUniform(tensors.parameters.gradients.shape, stream: stream)
                    try backend.copy(gradient, into: tensors.parameters.gradients)
                    try optimizer.step(learningRate: 0.1)
                }
            }
            XCTAssertEqual(try stopped.stateDictionary(), try straight.stateDictionary())
            XCTAssertEqual(try stoppedOptimizer.state(), try straightOptimizer.state())
        }
    }

    func testTheLargestNumberOfStepsThatAStateCanHaveIsNotTheLast() throws {
        let adam = try Adam(makeTensors().parameters)
        var state = try adam.state()
        state["steps_taken"] = try HostTensor([Int32.max], shape: [1])
        try adam.restore(state)
        try adam.step(learningRate: 0.1)
        XCTAssertEqual(try adam.state()["steps_taken"], state["steps_taken"])
    }

    func testAStateOfAnotherOptimizerIsRefused() throws {
        let tensors = try makeTensors()
        let descent = try StochasticGradientDescent(tensors.parameters)
        let adam = try Adam(tensors.parameters)
        XCTAssertThrowsError(try descent.restore(adam.state())) { XCTAssertTrue($0 is NetworkError) }
        XCTAssertThrowsError(try adam.restore(descent.state())) { XCTAssertTrue($0 is NetworkError) }
    }

    func testTheTeacherFollowsParametersAndRunningStatistics() throws {
        let student = try WideResNet(
            .init(depth: 10, width: 1, form: ClassifierForm(inputChannels: 1, classes: 2)), seed: 1, on: backend)
        let teacher = try student.twin()
        let average = ExponentialMovingAverage(of: student, in: teacher, decay: 0.6)
        for (step, expected) in [(0, Float(8)), (1, 8), (2, 8)] {
            try backend.fill(student.parameters.values, with: 8)
            try backend.fill(student.buffers.values, with: 8)
            let launches = backend.statistics.launches
            try average.update(step: step)
            XCTAssertEqual(backend.statistics.launches - launches, 2)
            XCTAssertEqual(try backend.read(teacher.parameters.values).floats[0], expected)
            XCTAssertEqual(try backend.read(teacher.buffers.values).floats[0], expected)
        }
        try backend.fill(student.parameters.values, with: 0)
        try average.update(step: 3)
        XCTAssertEqual(try backend.read(teacher.parameters.values).floats[0], 0.6 * 8, accuracy: 1e-5)
        XCTAssertEqual(try backend.read(teacher.buffers.values).floats[0], 8)
    }

    func testTheDecayOfTheMovingAverageWarmsUp() {
        XCTAssertEqual(ExponentialMovingAverage.decay(step: 0, limit: 0.999), 0)
        XCTAssertEqual(ExponentialMovingAverage.decay(step: 1, limit: 0.999), 0.5)
        XCTAssertEqual(ExponentialMovingAverage.decay(step: 99, limit: 0.999), 0.99, accuracy: 1e-12)
        XCTAssertEqual(ExponentialMovingAverage.decay(step: 100_000, limit: 0.999), 0.999)
    }

    private func makeTensors() throws -> NetworkTensors {
        var declarations = NetworkDeclarations()
        Convolution2D("conv", from: 2, to: 3, window: 3, hasBias: true).declare(in: &declarations)
        BatchNormalization("bn", channels: 3, epsilon: 1e-5, momentum: 0.1, negativeSlope: 0.1)
            .declare(in: &declarations)
        Linear("layer", from: 3, to: 2).declare(in: &declarations)
        return try NetworkTensors(declarations, seed: 7, on: backend)
    }
}
