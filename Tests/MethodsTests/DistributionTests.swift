import CPUBackend
import Methods
import NeuralNetworks
import Tensors
import XCTest

/// What the golden vectors do not show of rebalancers that work on distributions: labelled copies, images that are there
/// twice, passes that find nothing, inputs that do not fit.
final class DistributionTests: XCTestCase {
    private let backend = CPUBackend()

    func testLabelledCopiesAreLeftOutOfTheEstimateIfAskedFor() throws {
        var options = ADELLOOptions()
        options.distributionDecay = 0
        for (isMasked, copies, expected) in [
            (false, [true, false], [0.5, 0.5]), (true, [true, false], [1, 0]), (true, [false, true], [0, 1]),
            (true, [true, true], [0.5, 0.5]),
        ] as [(Bool, [Bool], [Float])] {
            options.labelledMask = isMasked
            let method = try make(options)
            try step(method) { $0.isLabelledCopy = copies }
            let shares = try XCTUnwrap(method.state()["distribution"]).floats
            XCTAssertEqual(shares[0], expected[0], accuracy: 1e-6)
            XCTAssertEqual(shares[1], expected[1], accuracy: 1e-6)
        }
        options.labelledMask = true
        XCTAssertThrowsError(try step(make(options)) { $0.isLabelledCopy = [true] }) {
            XCTAssertTrue($0 is MethodError)
        }
    }

    func testTheTemperatureIsFixedOnceAndKeptByACheckpoint() throws {
        var options = ADELLOOptions()
        options.distributionDecay = 0.5
        options.distillationStart = 0
        let method = try make(options)
        try step(method) { $0.isLabelledCopy = [] }
        let temperature = try XCTUnwrap(method.state()["temperature"]).floats
        let other = try make(options)
        try other.restore(method.state())
        try step(other) { $0.weak = try self.view([9, 0, 9, 0]) }
        XCTAssertEqual(try other.state()["temperature"]?.floats, temperature)
        XCTAssertEqual(temperature[0], 1, accuracy: 1e-5, "the estimate was uniform")
    }

    func testAdshTakesTheLowestConfidenceWhereThePartIsTooSmall() throws {
        let method = try make(AdshOptions())
        // One of two confident: ρ = 0, so j = −1, the last. Class 1 is not predicted and keeps its threshold.
        try method.receive(predictions([0, 0], [0.96, 0.5]))
        let initial = Float(AdshOptions().initialThreshold)
        XCTAssertEqual(try method.state()["threshold"]?.floats, [0.5, initial])
        // None confident: ρ stays 1.
        try method.receive(predictions([0, 1, 1], [0.6, 0.7, 0.8]))
        XCTAssertEqual(try method.state()["threshold"]?.floats, [0.6, 0.7])
        try method.receive(predictions([], []))
        XCTAssertEqual(try method.state()["threshold"]?.floats, [0.6, 0.7])
    }

    /// Confidences 0.96 and 0.5 of class 0: ρ = 1/2. Of class 1 two of four: the second; of none of one: the limit.
    func testAdshsFormOfThePaper() throws {
        var options = AdshOptions()
        options.form = .paper
        options.initialThreshold = 0.95
        let method = try make(options)
        try method.receive(predictions([0, 0, 1, 1, 1, 1], [0.96, 0.5, 0.9, 0.8, 0.7, 0.6]))
        XCTAssertEqual(try method.state()["threshold"]?.floats, [0.95, 0.8])
        try method.receive(predictions([1], [0.99]))
        XCTAssertEqual(try method.state()["threshold"]?.floats, [0.95, 0.8], "the first class is not predicted")
        try method.receive(predictions([0, 0, 0, 1], [0.96, 0.5, 0.4, 0.99]))
        XCTAssertEqual(try method.state()["threshold"]?.floats, [0.95, 0.95], "round(1/3) = 0")

        // softmax gives (0.6, 0.4) for both rows: 0.6/0.95 < 0.4/0.3, which is more than 1.
        try method.restore(["threshold": HostTensor([0.95, 0.3] as [Float], shape: [2])])
        let logit = Float(log(1.5))
        let outputs = try step(method) { $0.weak = try self.view([logit, 0, logit, 0]) }
        XCTAssertEqual(try backend.read(XCTUnwrap(outputs.pseudoLabels)).integers(), [1, 1])
    }

    func testPredictionsThatDoNotFitAreRefused() throws {
        XCTAssertThrowsError(try predictions([0], []))
        XCTAssertThrowsError(try predictions([2], [1]))
        XCTAssertThrowsError(try predictions([-1], [1]))
        let ofThree = try UnlabelledPredictions(labels: [2], confidences: [1], classes: 3)
        XCTAssertThrowsError(try make(SAWOptions()).receive(ofThree))
        let prior = try ClassPrior(counts: [2, 1])
        XCTAssertThrowsError(try CReSTSelection(ofThree, prior: prior, alpha: 3))
        XCTAssertThrowsError(try CReSTSelection(predictions([0], [1]), prior: prior, alpha: 0))
    }

    func testAMethodAsksForPassesAsOftenAsItsRebalancer() throws {
        var options = SAWOptions()
        options.predictionPeriod = 7
        XCTAssertEqual(try make(options).requirements.unlabelledPredictionPeriod, 7)
        XCTAssertNil(try make(ADELLOOptions()).requirements.unlabelledPredictionPeriod)
    }

    func testDARPRemembersTheLastPredictionOfAnImageThatIsThereTwice() throws {
        let method = try make(DARPOptions())
        try step(method) { $0.unlabelledIndices = [1, 1] }
        let remembered = try XCTUnwrap(method.state()["predictions"]).floats
        XCTAssertEqual(remembered.prefix(2), [0.5, 0.5])
        XCTAssertEqual(remembered[2], 1, accuracy: 1e-6, "the second row's")
        for indices in [[0], [0, 3], [-1, 0]] as [[Int32]] {
            XCTAssertThrowsError(try step(make(DARPOptions())) { $0.unlabelledIndices = indices }) {
                guard case .invalidInput("unlabelled indices", _)? = $0 as? MethodError else {
                    return XCTFail("threw \($0)")
                }
            }
        }
    }

    func testDARPsRefinementHasRowsAndColumnsOfTheRightSums() throws {
        var options = DARPOptions()
        options.tolerance = 1e-10
        let rows = 30
        let predictions = (0..<rows).flatMap { row -> [Float] in
            let first = Float(row + 1) / Float(rows + 2)
            return [first, 1 - first]
        }
        let refined = DARPRefinement(options, targetCounts: [20, 10]).refined(predictions)
        for row in 0..<rows { XCTAssertEqual(refined[2 * row] + refined[2 * row + 1], 1, accuracy: 1e-4) }
        XCTAssertEqual((0..<rows).reduce(0) { $0 + refined[2 * $1] }, 20, accuracy: 1e-2)
    }

    // MARK: Helpers

    private func make(_ rebalancer: any RebalancerPart) throws -> ComposedMethod {
        try MethodComposition(base: FixMatchOptions(), rebalancers: [rebalancer]).makeMethod(
            at: MethodSite(
                prior: ClassPrior(counts: [4, 2]), unlabelledCount: 3, featureWidth: 2, totalSteps: 10,
                backend: backend))
    }

    private func predictions(_ labels: [Int32], _ confidences: [Float]) throws -> UnlabelledPredictions {
        try UnlabelledPredictions(labels: labels, confidences: confidences, classes: 2)
    }

    private func view(_ logits: [Float]) throws -> ViewOutputs {
        let variable = Variable(try backend.tensor(logits, Shape([logits.count / 2, 2])), requiresGradient: true)
        return ViewOutputs(logits: variable, features: variable)
    }

    /// A step whose two unlabelled images are surely of class 1 and of class 0.
    @discardableResult
    private func step(
        _ method: ComposedMethod, change: (inout StepInputs) throws -> Void
    ) throws -> StepOutputs {
        var inputs = StepInputs(
            step: 0, labels: [0, 1], labelled: try view([0, 0, 0, 0]),
            draw: { _, _ in
                throw MethodError.invalidInput(
                    name: "draw", problem: "is asked for without need")
            })
        inputs.weak = try view([0, 30, 30, 0])
        inputs.strong = try view([1, 2, 3, 4])
        try change(&inputs)
        let tape = Tape(on: backend)
        let outputs = try method.step(inputs, on: tape)
        try tape.backward(from: outputs.total)
        return outputs
    }
}
