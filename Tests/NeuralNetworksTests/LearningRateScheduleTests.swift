import Foundation
import NeuralNetworks
import XCTest

final class LearningRateScheduleTests: XCTestCase {
    func testConstant() {
        XCTAssertEqual(LearningRateSchedule.constant.learningRate(base: 0.03, step: 0), 0.03)
        XCTAssertEqual(LearningRateSchedule.constant.learningRate(base: 0.03, step: 1_000_000), 0.03)
    }

    func testCosineFallsToSevenSixteenthsOfACycle() {
        let schedule = LearningRateSchedule.cosine(totalSteps: 1000)
        XCTAssertEqual(schedule.learningRate(base: 0.03, step: 0), 0.03)
        XCTAssertEqual(
            schedule.learningRate(base: 0.03, step: 500), 0.03 * cos(7 * Double.pi / 32), accuracy: 1e-12)
        XCTAssertEqual(
            schedule.learningRate(base: 0.03, step: 1000), 0.03 * cos(7 * Double.pi / 16), accuracy: 1e-12)
        XCTAssertEqual(schedule.learningRate(base: 0.03, step: 2000), 0, "never below zero")
    }

    func testCosineRisesFirstWhereThereIsAWarmUp() {
        let schedule = LearningRateSchedule.cosine(totalSteps: 1000, warmUpSteps: 100)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 0), 0)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 25), 0.5)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 100), 2)
    }

    func testAnnealingEndsAtNothing() {
        let schedule = LearningRateSchedule.annealing(totalSteps: 1100, warmUpSteps: 100)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 25), 0.5)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 100), 2)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 600), 1, accuracy: 1e-12)
        // PyTorch's CosineAnnealingLR(T_max=1000) at 250: (1 + √½) / 2.
        XCTAssertEqual(schedule.learningRate(base: 2, step: 350), 1.7071067811865475, accuracy: 1e-12)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 1100), 0, accuracy: 1e-12)
        XCTAssertEqual(schedule.learningRate(base: 2, step: 2000), 0, accuracy: 1e-12)
    }

    func testStepFallsAtEachMilestone() {
        // The supervised baseline of DASO's code.
        let schedule = LearningRateSchedule.step(milestones: [199_999, 225_000], factor: 0.01, warmUpSteps: 6250)
        XCTAssertEqual(schedule.learningRate(base: 0.1, step: 0), 0)
        XCTAssertEqual(schedule.learningRate(base: 0.1, step: 3125), 0.05)
        XCTAssertEqual(schedule.learningRate(base: 0.1, step: 199_998), 0.1)
        XCTAssertEqual(schedule.learningRate(base: 0.1, step: 199_999), 0.001, accuracy: 1e-12)
        XCTAssertEqual(schedule.learningRate(base: 0.1, step: 225_000), 0.00001, accuracy: 1e-12)
    }
}
