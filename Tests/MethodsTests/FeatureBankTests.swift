import CPUBackend
import Tensors
import XCTest

@testable import Methods

final class FeatureBankTests: XCTestCase {
    private let backend = CPUBackend()

    func testRowsFillTheFreePlacesAndThenThoseGivenUp() throws {
        let bank = try FeatureBank(classes: 3, capacity: 3, featureWidth: 1, on: backend)
        let features = try backend.tensor([10, 20, 30, 40] as [Float], [4, 1])
        try bank.insert([(1, 2), (3, 0)], of: features) { _ in
            XCTFail("there is room"); return []
        }
        XCTAssertEqual(bank.labels, [2, 0])
        try bank.insert([(0, 1), (2, 1)], of: features) { count in
            XCTAssertEqual(count, 1)
            return [1]
        }
        XCTAssertEqual(bank.labels, [2, 1, 1])
        XCTAssertEqual(bank.counts, [0, 2, 1])
        XCTAssertEqual(try backend.read(bank.rows([0, 1, 2, 1]).features).floats, [20, 30, 10, 30])
        XCTAssertEqual(try backend.read(bank.rows([1, 0]).labels).integers(), [1, 2])
    }

    func testMoreRowsThanItHoldsAreTheFirst() throws {
        let bank = try FeatureBank(classes: 2, capacity: 2, featureWidth: 1, on: backend)
        try bank.insert([(0, 0), (1, 1), (2, 1)], of: backend.tensor([1, 2, 3] as [Float], [3, 1])) { _ in
            XCTFail("nothing is in use")
            return []
        }
        XCTAssertEqual(try backend.read(bank.rows([0, 1]).features).floats, [1, 2])
    }

    func testAStateOfAnotherBankIsRefused() throws {
        let bank = try FeatureBank(classes: 2, capacity: 2, featureWidth: 1, on: backend)
        try bank.insert([(0, 1)], of: backend.tensor([1] as [Float], [1, 1])) { _ in [] }
        var state = try bank.state()
        var reader = StateReader(state)
        try bank.restore(&reader)
        XCTAssertEqual(bank.labels, [1])
        state["bank.labels"] = try HostTensor([2, -1] as [Int32], shape: [2])
        var wrongReader = StateReader(state)
        XCTAssertThrowsError(try bank.restore(&wrongReader))
    }
}
