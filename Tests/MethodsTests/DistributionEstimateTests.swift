import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

@testable import Methods

/// DARP's estimate of the unlabelled images' classes, by numbers worked out by hand.
final class DistributionEstimateTests: XCTestCase {
    private let backend = CPUBackend()
    /// What a network that confuses neighbouring classes says of images of three classes.
    private static let ofClasses = [[0.8, 0.2, 0], [0.1, 0.8, 0.1], [0, 0.4, 0.6]]

    private func shares(
        _ ofClasses: [[Double]], _ ofUnlabelled: [Double], condition: Double = 100
    ) throws -> [Double]? {
        try MeanPredictions(ofClasses: ofClasses, ofUnlabelled: ofUnlabelled)
            .estimatedShares(maximumCondition: condition)
    }

    func testTheTrueSharesAreRecovered() throws {
        // 0.2, 0.3 and 0.5 of the three classes, where the network alone would say 0.19, 0.48 and 0.33.
        let estimated = try XCTUnwrap(shares(Self.ofClasses, [0.19, 0.48, 0.33]))
        for (share, truth) in zip(estimated, [0.2, 0.3, 0.5]) { XCTAssertEqual(share, truth, accuracy: 1e-12) }
        // A network that takes each class for another one is as good; the first pivot is zero.
        XCTAssertEqual(try shares([[0, 1], [1, 0]], [0.75, 0.25]), [0.25, 0.75])
    }

    func testWhatPredictionsCannotTellIsNotEstimated() throws {
        XCTAssertNil(try shares([[0.5, 0.5], [0.5, 0.5]], [0.5, 0.5]), "the classes look alike")
        XCTAssertNil(try shares([[0.8, 0.2], [0.3, 0.7]], [0.9, 0.1]), "more than of the first class alone")
        XCTAssertNil(try shares([[0, 0], [0.3, 0.7]], [0.3, 0.7]), "nothing is known of a class")
        let slip = try MeanPredictions(ofClasses: [[0.8, 0.2], [0.3, 0.7]], ofUnlabelled: [0.805, 0.195])
        XCTAssertNil(slip.estimatedShares(maximumCondition: 100), "1.01 and -0.01")
        XCTAssertEqual(slip.estimatedShares(maximumCondition: 100, smallest: -0.02), [1, 0])
        // Singular values 1 and 0.02.
        let alike = [[0.51, 0.49], [0.49, 0.51]]
        XCTAssertNotNil(try shares(alike, [0.5, 0.5], condition: 50.1))
        XCTAssertNil(try shares(alike, [0.5, 0.5], condition: 49.9))
        XCTAssertThrowsError(try shares([[1, 0], [0, 1]], [1]))
        XCTAssertThrowsError(try shares([[1, 0], [0, .nan]], [1, 0]))
    }

    func testSingularValuesOfADiagonalMatrix() {
        XCTAssertEqual(SquareMatrix(rows: [[2, 0], [0, -3]]).spectralNorm, 3, accuracy: 1e-8)
        XCTAssertEqual(SquareMatrix(rows: [[2, 0], [0, -3]]).inverse?.rows, [[0.5, 0], [0, -1.0 / 3]])
    }

    func testDARPAimsAtTheMeanOfTheEstimatesAndACheckpointKeepsIt() throws {
        let method = try darp()
        let before = try refined(by: method)
        XCTAssertNil(before.distribution)
        try method.receive(MeanPredictions(ofClasses: [[0.5, 0.5], [0.5, 0.5]], ofUnlabelled: [0.5, 0.5]))
        XCTAssertEqual(try refined(by: method).matrix, before.matrix, "nothing could be estimated")

        // 0.2 and 0.4 of the first class.
        for share in [0.2, 0.4] {
            try method.receive(
                MeanPredictions(
                    ofClasses: [[0.9, 0.1], [0.2, 0.8]],
                    ofUnlabelled: [0.9 * share + 0.2 * (1 - share), 0.1 * share + 0.8 * (1 - share)]))
        }
        let resumed = try darp()
        try resumed.restore(method.state())
        let after = try refined(by: method)
        XCTAssertEqual(try XCTUnwrap(after.distribution)[0], 0.3, accuracy: 1e-6)
        let inFirst = stride(from: 0, to: after.matrix.count, by: 2).reduce(0) { $0 + after.matrix[$1] }
        XCTAssertEqual(inFirst, 0.3 * 10, accuracy: 1e-3)
        let afterResumed = try refined(by: resumed)
        XCTAssertEqual(afterResumed.matrix, after.matrix)
        XCTAssertEqual(afterResumed.distribution, after.distribution)
    }

    func testDARPRefinesAtTheEndOfTheWarmUpWhateverThePeriod() throws {
        XCTAssertEqual(try refined(by: darp(refinePeriod: 2)).matrix, try refined(by: darp()).matrix)
    }

    func testOtherClassesAndAScheduleWithoutAnEstimateAreRefused() throws {
        XCTAssertThrowsError(
            try darp().receive(MeanPredictions(ofClasses: Self.ofClasses, ofUnlabelled: [0.2, 0.3, 0.5])))
        var options = DARPOptions()
        options.assumedDistribution = .estimated
        options.estimatePeriod = 10
        options.warmUpSteps = 9
        XCTAssertThrowsError(try options.validate()) {
            XCTAssertTrue("\($0)".contains("estimate_period is 10"), "\($0)")
        }
        options.warmUpSteps = 20
        XCTAssertNoThrow(try options.validate())
        let schedule = try XCTUnwrap(options.requirements.meanPredictions)
        XCTAssertEqual((1...40).filter(schedule.includes), [10, 20])
    }

    // MARK: Helpers

    /// On ten unlabelled images.
    private func darp(refinePeriod: Int = 1) throws -> ComposedMethod {
        var options = DARPOptions()
        options.assumedDistribution = .estimated
        options.warmUpSteps = 1
        options.estimatePeriod = 1
        options.refinePeriod = refinePeriod
        options.tolerance = 1e-10
        return try MethodComposition(base: FixMatchOptions(), rebalancers: [options]).makeMethod(
            at: MethodSite(
                prior: ClassPrior(counts: [4, 2]), unlabelledCount: 10, featureWidth: 2, totalSteps: 10,
                backend: backend))
    }

    /// What becomes of the predictions in a step that sees all ten images.
    private func refined(by method: ComposedMethod) throws -> (matrix: [Float], distribution: [Float]?) {
        func view(_ logits: [Float]) throws -> ViewOutputs {
            let variable = Variable(try backend.tensor(logits, Shape([logits.count / 2, 2])), requiresGradient: false)
            return ViewOutputs(logits: variable, features: variable)
        }
        let logits = (0..<10).flatMap { image -> [Float] in [Float(image) / 3, 1] }
        var inputs = StepInputs(
            step: 1, labels: [0, 1], labelled: try view([0, 0, 0, 0]),
            draw: { _, count in
                throw MethodError.invalidInput(name: "draw", problem: "of \(count) is asked for without need")
            })
        inputs.weak = try view(logits)
        inputs.strong = try view(logits)
        inputs.unlabelledIndices = Array(0..<10)
        let outputs = try method.step(inputs, on: Tape(on: backend, recording: false))
        let distribution = try outputs.observations()["distribution"].map { try backend.read($0).floats }
        return (try XCTUnwrap(method.state()["refined"]).floats, distribution)
    }
}
