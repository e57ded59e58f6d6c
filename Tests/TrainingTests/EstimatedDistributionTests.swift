import CPUBackend
import XCTest

@testable import Training

/// What the loop tells a method that estimates the unlabelled images' classes.
final class EstimatedDistributionTests: XCTestCase {
    func testValidationImagesAreAskedFor() throws {
        let runs = try TinyRuns()
        XCTAssertThrowsError(try runs.recipe("darp-estimated", overrides: ["data.validation_per_class=0"])) {
            XCTAssertTrue($0.localizedDescription.contains("data.validation_per_class must be at least 1"), "\($0)")
        }
        XCTAssertNoThrow(try runs.recipe("darp", overrides: ["data.validation_per_class=0"]))
    }

    func testMeanProbabilitiesAreThoseOfTheImagesOneByOne() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe("darp-estimated")
        let data = try recipe.data.load(seed: 1)
        let backend = CPUBackend()
        let learner = try recipe.learner(
            for: StagePlan(recipe, classes: 10).stages[0], on: data, data.initialSet, backend: backend)
        let (members, groups) = ([3, 1, 4], [0, 2, 0])
        let means = try learner.evaluated.meanProbabilities(
            of: members, groups: groups, groupCount: 3, in: data, usesAuxiliaryHead: false)
        let single = try members.map { member in
            try learner.evaluated.meanProbabilities(
                of: [member], groups: [0], groupCount: 1, in: data, usesAuxiliaryHead: false)[0]
        }
        for label in 0..<10 {
            XCTAssertEqual(means[0][label], (single[0][label] + single[2][label]) / 2, accuracy: 1e-6)
            XCTAssertEqual(means[1][label], 0, "a group without images")
            XCTAssertEqual(means[2][label], single[1][label], accuracy: 1e-6)
        }
        XCTAssertEqual(single[0].reduce(0, +), 1, accuracy: 1e-5)
        XCTAssertNotEqual(single[0], single[1])
    }
}
