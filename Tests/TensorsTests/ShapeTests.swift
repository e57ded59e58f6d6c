import Tensors
import XCTest

final class ShapeTests: XCTestCase {
    func testCountsElementsRowsAndColumns() {
        let shape: Shape = [2, 3, 5]
        XCTAssertEqual(shape.rank, 3)
        XCTAssertEqual(shape.count, 30)
        XCTAssertEqual(shape.rows, 6)
        XCTAssertEqual(shape.columns, 5)
        XCTAssertEqual(shape[1], 3)
    }

    func testTheEmptyShapeIsOneElement() {
        let shape: Shape = []
        XCTAssertEqual(shape.rank, 0)
        XCTAssertEqual(shape.count, 1)
        XCTAssertEqual(shape.rows, 1)
        XCTAssertEqual(shape.columns, 1)
    }

    func testADimensionMayBeZero() throws {
        let shape = try Shape([0, 4])
        XCTAssertEqual(shape.count, 0)
        XCTAssertEqual(shape.rows, 0)
        XCTAssertEqual(shape.columns, 4)
    }

    func testRefusesWhatCannotBeCounted() {
        for dimensions in [[-1], [3, -2], [Int.max], [Int.max, 2], [1 << 40, 1 << 40], [Int.max, Int.max, 0]] {
            XCTAssertThrowsError(try Shape(dimensions), "\(dimensions)") { error in
                guard case TensorError.invalidArgument("Shape", _) = error else { return XCTFail("\(error)") }
            }
        }
    }

    func testReadsAsAProduct() {
        XCTAssertEqual("\([64, 32, 32, 3] as Shape)", "64×32×32×3")
        XCTAssertEqual("\([] as Shape)", "scalar")
    }
}
