import CPUBackend
import Tensors
import XCTest

@testable import BackendTesting

/// Candidates against each other, with made-up ones of which it is known what is wrong with them.
final class ImplementationTrialTests: XCTestCase {
    /// Which candidate performs the operation.
    private final class Selection: @unchecked Sendable {  // one thread
        var candidate = "right"
        var calls = 0
    }

    private struct Failure: Error {}

    /// A clock that goes forward when it is told to: how busy the machine is must not decide a test.
    private final class ManualClock: Clock, @unchecked Sendable {  // one thread
        private(set) var now = ContinuousClock.now
        let minimumResolution = Duration.nanoseconds(1)

        func advance(by duration: Duration) { now = now.advanced(by: duration) }
        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) { now = max(now, deadline) }
    }

    private func trial(_ candidates: [String]) throws -> ImplementationTrial {
        let selection = Selection()
        let clock = ManualClock()
        let row = OperationRow("affine", "64", [.input("input", [64])], tolerance: .exact) { backend, arguments in
            selection.calls += 1
            switch selection.candidate {
            case "slow": clock.advance(by: .milliseconds(100))
            case "slower": clock.advance(by: .milliseconds(3))
            case "failing": throw Failure()
            default: clock.advance(by: .milliseconds(2))
            }
            let shift: Float =
                switch selection.candidate {
                case "wrong": 1
                case "restless": Float(selection.calls) * 1e-30
                default: 0
                }
            return ["output": try backend.affine(arguments["input"], scale: 1e-30, shift: shift)]
        }
        return try ImplementationTrial(
            of: row, candidates: candidates, reference: CPUBackend(), on: CPUBackend(), by: clock
        ) {
            selection.candidate = $0
            defer { selection.candidate = "right" }
            try $1()
        }
    }

    func testOnlyCandidatesThatAreRightTakePart() throws {
        let trial = try trial(["wrong", "restless", "failing", "right", "slow"])
        XCTAssertEqual(trial.winner, "right")
        XCTAssertEqual(trial.milliseconds, ["right": 2])
        XCTAssertEqual(trial.outcomes.map(\.name), ["wrong", "restless", "failing", "right", "slow"])
        for (name, outcome) in trial.outcomes {
            switch (name, outcome) {
            case ("right", .timed), ("slow", .tooSlow), ("wrong", .refused), ("restless", .refused),
                ("failing", .refused):
                continue
            default: XCTFail("\(name): \(outcome)")
            }
        }
    }

    func testTheFastestWinsAndTheFirstOfEquals() throws {
        XCTAssertEqual(try trial(["slower", "right"]).winner, "right")
        XCTAssertEqual(try trial(["right", "slower"]).winner, "right")
        XCTAssertNil(try trial(["wrong", "failing"]).winner)
    }
}
