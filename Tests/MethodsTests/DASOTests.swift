import CPUBackend
import Methods
import NeuralNetworks
import Tensors
import XCTest

/// What the golden vectors do not show: queues that overflow, inputs and states that do not fit.
final class DASOTests: XCTestCase {
    private let backend = CPUBackend()
    private let prior = try? ClassPrior(counts: [4, 2])
    /// Those after the last step.
    private var prototypes: [Float] = []

    func testAPrototypeIsTheMeanOfTheNewestFeatures() throws {
        let daso = try makeDASO(queueCapacity: 2)
        try step(daso, labels: [0], teacher: [1, 10])
        XCTAssertEqual(prototypes, [1, 10, 0, 0])
        try step(daso, labels: [0, 1], teacher: [3, 20, 5, 6])
        XCTAssertEqual(prototypes, [2, 15, 5, 6])
        try step(daso, labels: [0], teacher: [5, 30])
        XCTAssertEqual(prototypes, [4, 25, 5, 6], "the oldest row has made room")
    }

    func testABatchLargerThanAQueueLeavesItsLastRows() throws {
        let daso = try makeDASO(queueCapacity: 2)
        try step(daso, labels: [0, 0, 1, 0, 0, 0], teacher: [1, 1, 2, 2, 9, 9, 3, 3, 4, 4, 6, 6])
        XCTAssertEqual(prototypes, [5, 5, 9, 9])
        XCTAssertEqual(try daso.state()["queue_count"]?.integers(), [2, 1])
    }

    func testAStateThatDoesNotFitIsRefusedByName() throws {
        let daso = try makeDASO(queueCapacity: 2)
        let state = try daso.state()
        XCTAssertNoThrow(try daso.restore(state))
        let others: [(String, HostTensor?)] = [
            ("distribution", nil),
            ("distribution", try HostTensor([0.5, 7] as [Float], shape: [2])),
            ("queue_features", try HostTensor([0, 0] as [Float], shape: [1, 2])),
            ("queue_count", try HostTensor([3, 0] as [Int32], shape: [2])),
            ("queue_count", try HostTensor([-1, 0] as [Int32], shape: [2])),
            ("something", try HostTensor([0] as [Float], shape: [1])),
        ]
        for (name, tensor) in others {
            var other = state
            other[name] = tensor
            XCTAssertThrowsError(try makeDASO(queueCapacity: 2).restore(other)) { error in
                guard case .invalidState(name, _)? = error as? MethodError else { return XCTFail("threw \(error)") }
            }
        }
        XCTAssertThrowsError(try makeDASO(queueCapacity: 3).restore(state))
    }

    func testInputsThatAreMissingAreNamed() throws {
        let daso = try makeDASO(queueCapacity: 2)
        func assertRefused(_ name: String, _ change: (inout StepInputs) throws -> Void) throws {
            var inputs = try makeInputs(labels: [0, 1], teacher: [1, 2, 3, 4])
            try change(&inputs)
            XCTAssertThrowsError(try daso.step(inputs, on: Tape(on: backend))) { error in
                guard case .invalidInput(name, _)? = error as? MethodError else { return XCTFail("threw \(error)") }
            }
        }
        try assertRefused("labels") { $0.labels = [0] }
        try assertRefused("labels") { $0.labels = [0, 2] }
        try assertRefused("labels") { $0.labels = [-1, 0] }
        try assertRefused("weak, strong") { $0.strong = nil }
        try assertRefused("teacher features") { $0.teacherFeatures = nil }
        try assertRefused("teacher features") { $0.teacherFeatures = try backend.tensor(repeating: 0, [1, 2]) }

        let withHead = try make(DASOOptions(), BalancedClassifierOptions())
        XCTAssertTrue(withHead.requirements.usesAuxiliaryHead)
        let inputs = try makeInputs(labels: [0, 1], teacher: [1, 2, 3, 4])
        XCTAssertThrowsError(try withHead.step(inputs, on: Tape(on: backend))) {
            XCTAssertTrue($0 is MethodError)
        }
    }

    func testABlendBeforeTheFirstUpdateOfTheDistributionLeavesTheLinearPseudoLabel() throws {
        let daso = try makeDASO(queueCapacity: 2) { $0.warmUpSteps = 0 }
        let outputs = try step(daso, labels: [0, 1], teacher: [1, 0, 0, 1])
        XCTAssertEqual(try backend.read(XCTUnwrap(outputs.pseudoLabels)).integers(), [1, 0])
        XCTAssertEqual(try backend.read(XCTUnwrap(outputs.mask)).floats, [1, 0])
    }

    func testAWholeTrainingStepLaunchesNoMoreThanItDid() throws {
        let network = try WideResNet(
            .init(depth: 28, width: 2, form: ClassifierForm(inputChannels: 3, classes: 2)), seed: 1, on: backend)
        let teacher = try network.twin()
        var options = DASOOptions()
        options.warmUpSteps = 0
        let daso = try make(options, featureWidth: network.featureWidth)
        let optimizer = try StochasticGradientDescent(network.parameters)
        let average = ExponentialMovingAverage(of: network, in: teacher)
        func step(_ step: Int) throws {
            let images = try backend.randomUniform(
                [6, 4, 4, 3], stream: RandomStream(seed: 1, purpose: .testing, step: UInt32(step)))
            let silent = Tape(on: backend, recording: false)
            let teacherFeatures = try teacher.features(
                of: silent.constant(images.slice(0..<2)), mode: .training, on: silent
            ).value
            let tape = Tape(on: backend)
            let features = try network.features(of: tape.constant(images), mode: .training, on: tape)
            let logits = try tape.split(network.logits(of: features, on: tape), counts: [2, 2, 2])
            let views = try zip(logits, tape.split(features, counts: [2, 2, 2])).map {
                ViewOutputs(logits: $0, features: $1)
            }
            var inputs = StepInputs(step: step, labels: [0, 1], labelled: views[0], draw: noDraws)
            inputs.weak = views[1]
            inputs.strong = views[2]
            inputs.teacherFeatures = teacherFeatures
            let outputs = try daso.step(inputs, on: tape)
            try network.parameters.resetGradients()
            try tape.backward(from: outputs.total)
            try optimizer.step(learningRate: 0.03)
            try average.update(step: step)
        }
        try step(0)
        let before = backend.statistics
        try step(1)
        let launches = backend.statistics.launches - before.launches
        print("operations in a DASO step of WRN-28-2: \(launches)")
        XCTAssertLessThanOrEqual(launches, 300)
        XCTAssertEqual(backend.statistics.allocations, before.allocations)
    }

    // MARK: Helpers

    private func makeDASO(
        queueCapacity: Int, change: (inout DASOOptions) -> Void = { _ in }
    ) throws -> ComposedMethod {
        var options = DASOOptions()
        options.queueCapacity = queueCapacity
        change(&options)
        return try make(options)
    }

    private func make(_ rebalancers: any RebalancerPart..., featureWidth: Int = 2) throws -> ComposedMethod {
        try MethodComposition(base: FixMatchOptions(), rebalancers: rebalancers).makeMethod(
            at: MethodSite(
                prior: XCTUnwrap(prior), unlabelledCount: 10, featureWidth: featureWidth, totalSteps: 10,
                backend: backend))
    }

    private func noDraws(_ name: String, _ count: Int) throws -> Tensor {
        throw MethodError.invalidInput(name: name, problem: "is drawn without need")
    }

    private func makeInputs(labels: [Int32], teacher: [Float]) throws -> StepInputs {
        func view(_ logits: [Float]) throws -> ViewOutputs {
            let variable = Variable(
                try backend.tensor(logits, Shape([logits.count / 2, 2])), requiresGradient: true)
            return ViewOutputs(logits: variable, features: variable)
        }
        var inputs = StepInputs(
            step: 0, labels: labels, labelled: try view([Float](repeating: 0, count: 2 * labels.count)), draw: noDraws)
        inputs.weak = try view([0, 9, 1, 0])
        inputs.strong = try view([1, 2, 3, 4])
        inputs.teacherFeatures = try backend.tensor(teacher, Shape([labels.count, 2]))
        return inputs
    }

    @discardableResult
    private func step(_ daso: ComposedMethod, labels: [Int32], teacher: [Float]) throws -> StepOutputs {
        let outputs = try daso.step(makeInputs(labels: labels, teacher: teacher), on: Tape(on: backend))
        prototypes = try backend.read(XCTUnwrap(outputs.observations()["prototypes"])).floats
        return outputs
    }
}
