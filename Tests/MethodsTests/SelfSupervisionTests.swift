import CPUBackend
import Methods
import NeuralNetworks
import Tensors
import XCTest

/// What the golden vectors do not say of the self-supervised losses.
final class SelfSupervisionTests: XCTestCase {
    private let backend = CPUBackend()

    private func projections(seed: UInt64) throws -> Variable {
        Variable(
            try backend.randomNormal([8, 5], stream: RandomStream(seed: seed, purpose: .testing)),
            requiresGradient: true)
    }

    private func makeContrast(queueLength: Int = 16, width: Int = 5) throws -> MomentumContrast {
        try MomentumContrast(
            queueLength: queueLength, width: width, temperature: 0.2,
            stream: RandomStream(seed: 3, purpose: .method), on: backend)
    }

    func testLossesOfViewsThatAgree() throws {
        let tape = Tape(on: backend)
        let view = try projections(seed: 1)
        let simSiam = try tape.simSiamLoss(predictions: (view, view), projections: (view.value, view.value))
        XCTAssertEqual(try backend.read(simSiam.value).floats[0], -1, accuracy: 1e-6)
        let byol = try tape.byolLoss(predictions: (view, view), projections: (view.value, view.value))
        XCTAssertEqual(try backend.read(byol.value).floats[0], 0, accuracy: 1e-6)
        // At a low temperature the other view is picked for certain: the projection itself does not count.
        let simCLR = try tape.simCLRLoss(view, view, temperature: 0.01)
        XCTAssertLessThan(try backend.read(simCLR.value).floats[0], 0.01)
    }

    func testTheQueueBeginsWithDirections() throws {
        let queue = try XCTUnwrap(makeContrast().state()["queue"]).floats
        for row in 0..<16 {
            let squares = queue[row * 5..<row * 5 + 5].reduce(0) { $0 + $1 * $1 }
            XCTAssertEqual(squares, 1, accuracy: 1e-5)
        }
        XCTAssertGreaterThan(Set(queue).count, 70)
    }

    func testTheNewestKeysReplaceTheOldest() throws {
        let contrast = try makeContrast()
        let before = try XCTUnwrap(contrast.state()["queue"]).floats
        let keys = try projections(seed: 2).value
        for _ in 0..<3 {
            _ = try contrast.loss(queries: projections(seed: 4), keys: keys, on: Tape(on: backend))
        }
        let state = try contrast.state()
        XCTAssertEqual(try state["pointer"]?.integers(), [8])
        let directions = try backend.read(backend.l2Normalize(keys, epsilon: 1e-12)).floats
        let queue = try XCTUnwrap(state["queue"]).floats
        XCTAssertEqual(queue, directions + directions)
        XCTAssertNotEqual(queue, before)
    }

    func testAQueueThatIsNoMultipleOfTheBatchIsRefused() throws {
        let contrast = try makeContrast(queueLength: 12)
        XCTAssertThrowsError(
            try contrast.loss(queries: projections(seed: 1), keys: projections(seed: 2).value, on: Tape(on: backend))
        ) { XCTAssertTrue($0 is MethodError) }
    }

    func testStatesThatDoNotFitAreRefused() throws {
        let contrast = try makeContrast()
        let state = try contrast.state()
        XCTAssertNoThrow(try contrast.restore(state))
        var broken = [state, state, state, try makeContrast(width: 4).state()]
        broken[0]["pointer"] = try HostTensor([16 as Int32], shape: [1])
        broken[1]["pointer"] = nil
        broken[2]["surplus"] = state["pointer"]
        for state in broken {
            XCTAssertThrowsError(try contrast.restore(state)) { XCTAssertTrue($0 is MethodError) }
        }
    }
}
