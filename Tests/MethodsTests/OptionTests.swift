import CPUBackend
import Foundation
import Methods
import XCTest

final class OptionTests: XCTestCase {
    func testWhatIsNotGivenKeepsThePapersDefault() throws {
        let options = try DASOOptions(
            overridingDefaultsBy: Data(#"{"warm_up_steps": 7, "blend": "constant"}"#.utf8))
        var expected = DASOOptions()
        expected.warmUpSteps = 7
        expected.blend = .constant
        XCTAssertEqual(options, expected)
        XCTAssertEqual(try FixMatchOptions(overridingDefaultsBy: Data("{}".utf8)), FixMatchOptions())
        XCTAssertEqual(try SupervisedOptions(overridingDefaultsBy: Data("{}".utf8)), SupervisedOptions())
    }

    func testEveryPartWritesAllItsOptionsAndReadsThemBack() throws {
        func check<Part: MethodPart>(_ part: Part.Type) throws {
            let json = try JSONEncoder().encode(Part())
            let object = try XCTUnwrap(JSONSerialization.jsonObject(with: json) as? [String: Any])
            XCTAssertEqual(Set(object.keys), Set(Part.CodingKeys.allCases.map(\.stringValue)), part.name)
            XCTAssertEqual(try JSONDecoder().decode(part, from: json), Part(), part.name)
            XCTAssertNoThrow(try Part().validate(), part.name)
            // A value that is given arrives: each number is given another one.
            for (key, value) in object {
                guard let number = value as? Double, !(value is Bool) else { continue }
                let other = try part.init(
                    overridingDefaultsBy: JSONSerialization.data(withJSONObject: [key: number + 1]))
                XCTAssertNotEqual(other, Part(), "\(part.name): \(key)")
            }
        }
        for part in MethodRegistry.allParts { try check(part) }
    }

    func testNoTwoPartsShareAName() {
        XCTAssertEqual(Set(MethodRegistry.bases.map { $0.name }).count, MethodRegistry.bases.count)
        XCTAssertEqual(Set(MethodRegistry.losses.map { $0.name }).count, MethodRegistry.losses.count)
        XCTAssertEqual(Set(MethodRegistry.rebalancers.map { $0.name }).count, MethodRegistry.rebalancers.count)
    }

    func testACombinationThatMakesNoSenseIsRefusedWithTheReason() {
        XCTAssertThrowsError(
            try MethodComposition(base: SupervisedOptions(), rebalancers: [DASOOptions()])
        ) { XCTAssertTrue("\($0)".contains("daso, which does not work on supervised"), "\($0)") }
        XCTAssertThrowsError(
            try MethodComposition(base: FixMatchOptions(), rebalancers: [DASOOptions(), DASOOptions()])
        ) { XCTAssertTrue("\($0)".contains("twice"), "\($0)") }
    }

    func testAnImpossibleValueIsRefusedByName() throws {
        let wrong = [
            "alignment_weight": "-0.5",
            "warm_up_steps": "-1", "queue_capacity": "0", "prototype_temperature": "0",
            "distribution_temperature": "-1", "distribution_update_period": "0", "blend_constant": "2",
        ]
        for (name, value) in wrong {
            let options = try DASOOptions(overridingDefaultsBy: Data(#"{"\#(name)": \#(value)}"#.utf8))
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
