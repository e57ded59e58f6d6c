import CPUBackend
@testable import Methods
import NeuralNetworks
import Tensors
import XCTest

/// What the golden vectors do not show of bases and losses: USADTM, DASO on other bases than FixMatch, inputs that do not
/// fit.
final class BaseMethodTests: XCTestCase {
    private let backend = CPUBackend()

    func testUSADTMTakesTheTemplateThatAngleAndDistanceAgreeOn() throws {
        var options = USADTMOptions()
        options.pseudoLabelStart = 1
        options.mutualInformationStart = 2
        let method = try make(options)
        var inputs = try makeInputs()
        inputs.labelled = try view([0, 0, 0, 0], features: [1, 0, 0, 9])
        // The direction of class 1's template but nearer to class 0's; the middle between both; the rest is clear.
        inputs.weak = try view([0, 0, 0, 0, 0, 0, 0, 0], features: [0, 0.5, 3, 3, 2, 0.1, 1, 9])
        inputs.secondWeak = inputs.weak
        inputs.strong = inputs.weak
        XCTAssertEqual(try mask(method.step(inputs, on: Tape(on: backend))), [0, 0, 0, 0], "not yet")

        inputs.step = 1
        let outputs = try method.step(inputs, on: Tape(on: backend))
        XCTAssertEqual(try labels(outputs)[2...], [0, 1])
        XCTAssertEqual(try mask(outputs), [0, 0, 1, 1])
        XCTAssertEqual(try term("mutual_information", of: outputs), 0)

        inputs.step = 2
        // Uniform predictions say nothing of each other.
        XCTAssertEqual(
            try term("mutual_information", of: method.step(inputs, on: Tape(on: backend))), 0, accuracy: 1e-6)
    }

    func testMutualInformationIsLargestForBalancedViewsThatAgree() throws {
        func information(_ first: [Float], _ second: [Float]) throws -> Float {
            let tape = Tape(on: backend)
            let views = try [first, second].map { Variable(try backend.tensor($0, [2, 2]), requiresGradient: true) }
            return try -backend.read(tape.negativeMutualInformation(views[0], views[1]).value).floats[0]
        }
        XCTAssertEqual(try information([1, 0, 0, 1], [1, 0, 0, 1]), Float(log(2.0)), accuracy: 1e-5)
        XCTAssertEqual(try information([1, 0, 1, 0], [1, 0, 1, 0]), 0, accuracy: 1e-5)
        XCTAssertEqual(try information([1, 0, 0, 1], [1, 0, 1, 0]), 0.0849493, accuracy: 1e-5)
    }

    /// By the weak view's features and the probabilities of the base both images would be of class 0.
    func testDASOOnAMeanTeacherBlendsWithTheTeachersFeatures() throws {
        let method = try make(MeanTeacherOptions(), [daso])
        XCTAssertTrue(method.requirements.usesTeacherLogits)
        var inputs = try makeInputs()
        inputs.weak = try view([0, 0, 0, 0], features: [1, 0, 1, 0])
        inputs.teacherFeatures = try backend.tensor([1, 0, 0, 1] as [Float], [2, 2])
        inputs.teacherLogits = try backend.tensor([1, 0, 1, 0] as [Float], [2, 2])
        inputs.teacherWeakFeatures = try backend.tensor([0, 1, 1, 0] as [Float], [2, 2])
        let outputs = try method.step(inputs, on: Tape(on: backend))
        XCTAssertEqual(try labels(outputs), [1, 0])
        XCTAssertEqual(try mask(outputs), [1, 1], "a mean teacher has no threshold")
        XCTAssertEqual(try term("alignment", of: outputs), 0, "there is no strong view")
    }

    func testDASOBlendsTheLabelsThatMixMatchAndReMixMatchMix() throws {
        for base in [MixMatchOptions(), ReMixMatchOptions()] as [any BasePart] {
            let method = try make(base, [daso])
            var inputs = try makeInputs()
            inputs.weak = try view([9, 0, 9, 0], features: [0, 1, 1, 0])
            inputs.secondWeak = inputs.weak
            inputs.strong = inputs.weak
            inputs.secondStrong = inputs.weak
            inputs.teacherFeatures = try backend.tensor([1, 0, 0, 1] as [Float], [2, 2])
            XCTAssertNotNil(method.requirements.mixing)
            let views = method.requirements.unlabelledViews
            inputs.mixed = try view([Float](repeating: 0, count: 4 * views))
            inputs.mixing = Mixing(
                weight: 0.75,
                permutation: try backend.tensor((0..<Int32(2 + 2 * views)).reversed(), Shape([2 + 2 * views])))
            inputs.rotation = (Variable(try backend.tensor(repeating: 0, [2, 4]), requiresGradient: true), [0, 3])
            let outputs = try method.step(inputs, on: Tape(on: backend))
            XCTAssertEqual(try labels(outputs), [1, 0])
            let mixed = try backend.read(XCTUnwrap(outputs.observations()["mixed_target"])).floats
            // A labelled row of class 0 and the last unlabelled one, of class 0 too; then class 1 and class 1.
            XCTAssertEqual(mixed[0], 1, accuracy: 1e-4)
            XCTAssertEqual(mixed[3], 1, accuracy: 1e-4)

            inputs.mixing?.permutation = try backend.tensor([0, 1] as [Int32], [2])
            XCTAssertThrowsError(try method.step(inputs, on: Tape(on: backend))) { error in
                guard case .invalidInput("mixed", _)? = error as? MethodError else { return XCTFail("threw \(error)") }
            }
        }
    }

    func testABCOnReMixMatchSeesWhatIsNotMixed() throws {
        let method = try make(ReMixMatchOptions(), [BalancedClassifierOptions()])
        XCTAssertEqual(method.requirements.unmixedViews, [.labelled, .strong])
        var inputs = try makeInputs()
        inputs.draw = { [backend] _, count in try backend.tensor(repeating: 0, Shape([count])) }
        // The second head is certain of the first unlabelled image alone.
        inputs.weak = try view([0, 0, 0, 0], auxiliary: [9, 0, 1, 0])
        inputs.strong = try view([0, 0, 0, 0], auxiliary: [0, 0, 0, 0])
        inputs.mixed = try view([Float](repeating: 0, count: 12))
        inputs.mixing = Mixing(weight: 0.5, permutation: try backend.tensor((0..<8).map(Int32.init), [8]))
        inputs.rotation = (Variable(try backend.tensor(repeating: 0, [2, 4]), requiresGradient: true), [0, 3])
        inputs.labelled = try view([0, 0, 0, 0], auxiliary: [0, 0, 0, 0])
        XCTAssertThrowsError(try method.step(inputs, on: Tape(on: backend)), "labelled images are there mixed only") {
            guard case .invalidInput("auxiliary logits", _)? = $0 as? MethodError else { return XCTFail("threw \($0)") }
        }
        inputs.unmixedLabelled = try view([0, 0, 0, 0], auxiliary: [3, 0, 0, 3])
        let outputs = try method.step(inputs, on: Tape(on: backend))
        XCTAssertEqual(try term("auxiliary.supervised", of: outputs), log(1 + exp(-3)), accuracy: 1e-5)
        XCTAssertEqual(try term("auxiliary.unsupervised", of: outputs), log(2) / 2, accuracy: 1e-3)
        XCTAssertEqual(try mask(outputs), [1, 1], "ReMixMatch itself has no threshold")
    }

    func testALossForHardLabelsIsRefusedWhereTheyAreMixed() {
        for base in [MixMatchOptions(), ReMixMatchOptions()] as [any BasePart] {
            XCTAssertThrowsError(try MethodComposition(base: base, loss: GeneralizedCrossEntropyOptions())) {
                XCTAssertTrue("\($0)".contains("gce, but"), "\($0)")
            }
        }
    }

    func testEarlyLearningRegularizationNeedsToKnowTheImages() throws {
        let method = try MethodComposition(base: SupervisedOptions(), loss: EarlyLearningRegularizationOptions())
            .makeMethod(at: site())
        var inputs = try makeInputs()
        for indices in [[], [0], [0, 4], [-1, 0]] as [[Int32]] {
            inputs.labelledIndices = indices
            XCTAssertThrowsError(try method.step(inputs, on: Tape(on: backend))) { error in
                guard case .invalidInput("labelled indices", _)? = error as? MethodError else {
                    return XCTFail("threw \(error)")
                }
            }
        }
        // An image that is in the batch twice: its last row counts.
        inputs.labelled = try view([9, 0, 0, 0])
        inputs.labelledIndices = [2, 2]
        _ = try method.step(inputs, on: Tape(on: backend))
        XCTAssertEqual(try XCTUnwrap(method.state()["targets"]).floats[4], 0.15, accuracy: 1e-6)
    }

    // MARK: Helpers

    /// The semantic pseudo-label alone, from the first step on.
    private var daso: DASOOptions {
        var options = DASOOptions()
        options.warmUpSteps = 0
        options.blend = .constant
        options.blendConstant = 1
        return options
    }

    private func site() throws -> MethodSite {
        MethodSite(
            prior: try ClassPrior(counts: [2, 2]), unlabelledCount: 4, featureWidth: 2, totalSteps: 10, backend: backend
        )
    }

    private func make(_ base: any BasePart, _ rebalancers: [any RebalancerPart] = []) throws -> ComposedMethod {
        try MethodComposition(base: base, rebalancers: rebalancers).makeMethod(at: site())
    }

    private func view(
        _ logits: [Float], features: [Float]? = nil, auxiliary: [Float]? = nil
    ) throws -> ViewOutputs {
        let variables = try [logits, features ?? logits, auxiliary ?? logits].map {
            Variable(try backend.tensor($0, Shape([$0.count / 2, 2])), requiresGradient: true)
        }
        return ViewOutputs(
            logits: variables[0], features: variables[1], auxiliaryLogits: auxiliary == nil ? nil : variables[2])
    }

    /// Two labelled images, one of each class.
    private func makeInputs() throws -> StepInputs {
        StepInputs(step: 0, labels: [0, 1], labelled: try view([0, 0, 0, 0])) { name, _ in
            throw MethodError.invalidInput(name: name, problem: "is drawn without need")
        }
    }

    private func labels(_ outputs: StepOutputs) throws -> [Int32] {
        try backend.read(XCTUnwrap(outputs.pseudoLabels)).integers()
    }

    private func mask(_ outputs: StepOutputs) throws -> [Float] {
        try backend.read(XCTUnwrap(outputs.mask)).floats
    }

    private func term(_ name: String, of outputs: StepOutputs) throws -> Float {
        try backend.read(XCTUnwrap(outputs.terms.first { $0.name == name }).value).floats[0]
    }
}
