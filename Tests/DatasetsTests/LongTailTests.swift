import Datasets
import XCTest

/// The published settings are replayed from the golden vectors; here is what they do not cover.
final class LongTailTests: XCTestCase {
    func testImbalanceOneKeepsTheHeadEverywhere() throws {
        XCTAssertEqual(try LongTail.counts(head: 40, imbalance: 1, classes: 3), [40, 40, 40])
    }

    func testASingleClassIsTheHead() throws {
        XCTAssertEqual(try LongTail.counts(head: 40, imbalance: 100, classes: 1), [40])
    }

    func testWhatMakesNoSenseIsRefused() {
        func counts(head: Int = 10, imbalance: Double = 10, classes: Int = 10) throws {
            _ = try LongTail.counts(head: head, imbalance: imbalance, classes: classes)
        }
        assertInvalid("at least 1 image, got 0") { try counts(head: 0) }
        assertInvalid("at least 1 image, got -3") { try counts(head: -3) }
        assertInvalid("at most", "\(Int.max)") { try counts(head: .max, imbalance: 1) }
        assertInvalid("imbalance", "got 0") { try counts(imbalance: 0) }
        assertInvalid("imbalance", "got -2") { try counts(imbalance: -2) }
        assertInvalid("imbalance", "got 0.5") { try counts(imbalance: 0.5) }
        assertInvalid("imbalance", "got nan") { try counts(imbalance: .nan) }
        assertInvalid("imbalance", "got inf") { try counts(imbalance: .infinity) }
        assertInvalid("at least 1 class, got 0") { try counts(classes: 0) }
    }
}
