import CPUBackend
import Foundation
import Methods
import XCTest

final class OptionTests: XCTestCase {
    func testWhatIsNotGivenKeepsThePapersDefault() throws {
        let options = try JSONDecoder().decode(
            DASOOptions.self, from: Data(#"{"warm_up_steps": 7, "blend": "constant"}"#.utf8))
        var expected = DASOOptions()
        expected.warmUpSteps = 7
        expected.blend = .constant
        XCTAssertEqual(options, expected)
        XCTAssertEqual(try JSONDecoder().decode(FixMatchOptions.self, from: Data("{}".utf8)), FixMatchOptions())
        XCTAssertEqual(try JSONDecoder().decode(SupervisedOptions.self, from: Data("{}".utf8)), SupervisedOptions())
    }

    func testEveryOptionIsWrittenAndReadBack() throws {
        let json = try JSONEncoder().encode(DASOOptions())
        let object = try XCTUnwrap(JSONSerialization.jsonObject(with: json) as? [String: Any])
        XCTAssertEqual(Set(object.keys), Set(DASOOptions.CodingKeys.allCases.map(\.rawValue)))

        var options = DASOOptions()
        options.confidenceThreshold = 0.5
        options.unsupervisedWeight = 2
        options.alignmentWeight = 0.25
        options.warmUpSteps = 1
        options.queueCapacity = 2
        options.prototypeTemperature = 0.5
        options.distributionTemperature = 0.75
        options.distributionUpdatePeriod = 3
        options.blend = .constant
        options.blendConstant = 0.125
        options.logitAdjustmentTau = 1
        options.auxiliaryHead = true
        options.auxiliaryBlend = false
        options.epochs = 4
        options.iterationsPerEpoch = 5
        XCTAssertEqual(try JSONDecoder().decode(DASOOptions.self, from: JSONEncoder().encode(options)), options)
    }

    func testAnImpossibleValueIsRefusedByName() throws {
        let wrong = [
            "confidence_threshold": "1.5", "unsupervised_weight": "-1", "alignment_weight": "-0.5",
            "warm_up_steps": "-1", "queue_capacity": "0", "prototype_temperature": "0",
            "distribution_temperature": "-1", "distribution_update_period": "0", "blend_constant": "2",
            "logit_adjustment_tau": "-1", "epochs": "0", "iterations_per_epoch": "0",
        ]
        for (name, value) in wrong {
            let options = try JSONDecoder().decode(DASOOptions.self, from: Data(#"{"\#(name)": \#(value)}"#.utf8))
            XCTAssertThrowsError(try options.validate(), name) { error in
                guard case .invalidOption(let refused, _)? = error as? MethodError else {
                    return XCTFail("threw \(error)")
                }
                XCTAssertEqual(refused, name)
            }
        }
        var options = FixMatchOptions()
        options.confidenceThreshold = .nan
        XCTAssertThrowsError(try options.validate())
        XCTAssertNoThrow(try DASOOptions().validate())
    }

    func testClassesWithoutLabelledImagesAreRefused() {
        XCTAssertThrowsError(try ClassPrior(counts: [5, 0, 1])) { XCTAssertTrue("\($0)".contains("class 1")) }
        XCTAssertThrowsError(try ClassPrior(counts: [5]))
        XCTAssertThrowsError(try ClassPrior(counts: []))
    }
}
