import CPUBackend
import Methods
import NeuralNetworks
import Tensors
import XCTest

@testable import Training

/// What methods that mix and turn images see of a batch.
final class MixedViewsTests: XCTestCase {
    private let backend = CPUBackend()

    func testRowsAreMixedByTheFormula() throws {
        let rows = (0..<30).map { Float($0 * $0) }
        for step in 0..<20 as Range<UInt32> {
            let mixing = try mixing(ofRows: 5, step: step)
            XCTAssertTrue((0.5...1).contains(mixing.weight))
            let permutation = try backend.read(mixing.permutation).integers().map(Int.init)
            XCTAssertEqual(permutation.sorted(), [0, 1, 2, 3, 4])
            let mixed = try backend.read(mixing.mixed(backend.tensor(rows, [5, 1, 3, 2]), on: backend))
            XCTAssertEqual(mixed.shape, [5, 1, 3, 2])
            for (index, value) in mixed.floats.enumerated() {
                let partner = rows[permutation[index / 6] * 6 + index % 6]
                XCTAssertEqual(
                    value, mixing.weight * rows[index] + (1 - mixing.weight) * partner, accuracy: 1e-6 * 900)
            }
        }
    }

    func testADrawDependsOnSeedAndStepAlone() throws {
        let first = try mixing(ofRows: 100, step: 3)
        let again = try mixing(ofRows: 100, step: 3)
        XCTAssertEqual(first.weight, again.weight)
        XCTAssertEqual(try backend.read(first.permutation), try backend.read(again.permutation))
        for other in [try mixing(ofRows: 100, step: 4), try mixing(ofRows: 100, step: 3, seed: 8)] {
            XCTAssertNotEqual(first.weight, other.weight)
            XCTAssertNotEqual(try backend.read(first.permutation), try backend.read(other.permutation))
        }
        let turns = QuarterTurns(count: 4000, step: 3, seed: 7).turns
        XCTAssertEqual(turns, QuarterTurns(count: 4000, step: 3, seed: 7).turns)
        XCTAssertNotEqual(turns, QuarterTurns(count: 4000, step: 4, seed: 7).turns)
        for number in 0..<4 as Range<Int32> { XCTAssertEqual(turns.count { $0 == number }, 1000, accuracy: 120) }
    }

    /// As numpy's `rot90` and PyTorch's turn them.
    func testImagesAreTurnedAnticlockwise() throws {
        let image: [Float] = [1, -1, 2, -2, 3, -3, 4, -4]
        let turned = try backend.read(
            QuarterTurns([0, 1, 2, 3]).turned(
                backend.tensor(image + image + image + image, [4, 2, 2, 2]), on: backend))
        let orders: [[Float]] = [[1, 2, 3, 4], [2, 4, 1, 3], [4, 3, 2, 1], [3, 1, 4, 2]]
        XCTAssertEqual(turned.floats, orders.joined().flatMap { [$0, -$0] })
        let larger = try backend.read(
            QuarterTurns([1]).turned(backend.tensor((1...9).map(Float.init), [1, 3, 3, 1]), on: backend))
        XCTAssertEqual(larger.floats, [3, 6, 9, 2, 5, 8, 1, 4, 7])
    }

    func testImagesThatCannotBeTurnedAreRefused() throws {
        for shape in [[1, 2, 3, 1], [2, 2, 2, 1], [2, 2]] as [Shape] {
            let images = try backend.tensor(repeating: 0, shape)
            XCTAssertThrowsError(try QuarterTurns([0]).turned(images, on: backend)) {
                XCTAssertTrue($0 is TensorError, "\($0)")
            }
        }
    }

    /// The joint pass sees the mixed rows, then strong views, then turned ones; the weak views have been seen before, alone.
    func testTheNetworkSeesWhatTheMethodIsTold() throws {
        let (learner, batch) = try learner("remixmatch+abc")
        let requirements = learner.method.requirements
        let inputs = try learner.mixedInputs(
            batch, BatchLayout(of: batch, requirements), XCTUnwrap(requirements.mixing), step: 3,
            on: Tape(on: backend))

        let mixing = try mixing(ofRows: 14, step: 3, concentration: 0.75)
        XCTAssertEqual(inputs.mixing?.weight, mixing.weight)
        let turns = QuarterTurns(count: 4, step: 3, seed: 7)
        XCTAssertEqual(inputs.rotation?.labels, turns.turns)
        let tape = Tape(on: backend, recording: false)
        let strong = try batch.images.slice(6..<10)
        let parts = try [
            mixing.mixed(batch.images, on: backend), batch.images.slice(0..<2), strong, batch.images.slice(10..<14),
            turns.turned(strong, on: backend),
        ].map(tape.constant)
        let expected = try learner.forward(
            tape.concatenate(parts).value, counts: [2, 12, 2, 4, 4, 4], on: tape)
        let given = [
            inputs.labelled, inputs.mixed, inputs.unmixedLabelled, inputs.strong, inputs.secondStrong,
        ]
        for (index, (given, expected)) in zip(given, expected).enumerated() {
            try assertEqual(given?.logits.value, expected.logits.value, "part \(index)")
            try assertEqual(
                given?.auxiliaryLogits?.value, expected.auxiliaryLogits?.value, "second head, part \(index)")
        }
        try assertEqual(
            inputs.rotation?.logits.value, learner.student.rotationLogits(of: expected[5].features, on: tape).value,
            "turned")
        let weak = try learner.forward(batch.images.slice(2..<6), counts: [4], on: tape)[0]
        try assertEqual(inputs.weak?.logits.value, weak.logits.value, "weak")
        XCTAssertEqual(inputs.weak?.logits.requiresGradient, false)
        XCTAssertEqual(inputs.strong?.logits.requiresGradient, true)
    }

    func testAStepMovesEveryHead() throws {
        let (learner, batch) = try learner("remixmatch+abc")
        let before = try learner.state()
        let outputs = try learner.step(0, batch, learningRate: 0.1)
        XCTAssertEqual(
            outputs.terms.map(\.name),
            ["supervised", "unsupervised", "pre_mixup", "rotation", "auxiliary.supervised", "auxiliary.unsupervised"])
        let after = try learner.state()
        XCTAssertEqual(Set(before.keys), Set(after.keys))
        for head in ["classifier", "auxiliary_classifier", "rotation_classifier"] {
            XCTAssertNotEqual(before["model.\(head).weight"], after["model.\(head).weight"], head)
            XCTAssertNotNil(after["ema.\(head).weight"], head)
        }
        XCTAssertEqual(after["model.rotation_classifier.weight"]?.shape, [4, 64])
    }

    // MARK: Helpers

    private func mixing(
        ofRows count: Int, step: UInt32, seed: UInt64 = 7, concentration: Double = 0.5
    ) throws -> Mixing {
        var options = MixMatchOptions()
        options.mixingConcentration = concentration
        let requirements = try MethodComposition(base: options).requirements
        return try Mixing(ofRows: count, XCTUnwrap(requirements.mixing), step: step, seed: seed, on: backend)
    }

    /// A learner of images of 4 by 4, and a batch of 2 labelled and 4 unlabelled ones with a weak and two strong views.
    private func learner(_ method: String) throws -> (Learner, Learner.Batch) {
        let recipe = try TinyRuns().recipe(method, overrides: ["seed=7"])
        let learner = try Learner(
            recipe.learnerOptions(imageChannels: 1, labelledCounts: [1, 1], unlabelledCount: 4), on: backend)
        let images = try backend.randomNormal([14, 4, 4, 1], stream: RandomStream(seed: 1, purpose: .testing))
        return (learner, Learner.Batch(images: images, labels: [0, 1], unlabelled: 4))
    }

    private func assertEqual(_ given: Tensor?, _ expected: Tensor?, _ message: String) throws {
        XCTAssertEqual(
            try backend.read(XCTUnwrap(given, message)), try backend.read(XCTUnwrap(expected, message)), message)
    }
}
