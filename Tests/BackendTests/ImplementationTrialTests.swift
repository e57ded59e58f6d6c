import CPUBackend
import Foundation
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

    private func trial(_ candidates: [String]) throws -> ImplementationTrial {
        let selection = Selection()
        let row = OperationRow("affine", "64", [.input("input", [64])], tolerance: .exact) { backend, arguments in
            selection.calls += 1
            switch selection.candidate {
            case "slow": usleep(100_000)
            case "slower": usleep(3000)
            case "failing": throw Failure()
            default: usleep(2000)
            }
            let shift: Float =
                switch selection.candidate {
                case "wrong": 1
                case "restless": Float(selection.calls) * 1e-30
                default: 0
                }
            return ["output": try backend.affine(arguments["input"], scale: 1e-30, shift: shift)]
        }
        return try ImplementationTrial(of: row, candidates: candidates, reference: CPUBackend(), on: CPUBackend()) {
            selection.candidate = $0
            defer { selection.candidate = "right" }
            try $1()
        }
    }

    func testOnlyCandidatesThatAreRightTakePart() throws {
        let trial = try trial(["wrong", "restless", "failing", "right", "slow"])
        XCTAssertEqual(trial.winner, "right")
        XCTAssertEqual(Set(trial.milliseconds.keys), ["right"])
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
