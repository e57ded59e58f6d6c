import Tensors
import XCTest

/// Memory that only knows its size.
private final class EmptyStorage: TensorStorage {
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
    }
}

final class TensorTests: XCTestCase {
    private func tensor(_ shape: Shape, _ elementType: ElementType = .float32, offset: Int = 0) -> Tensor {
        let storage = EmptyStorage(byteCount: (offset + shape.count) * elementType.byteCount)
        return Tensor(shape: shape, elementType: elementType, storage: storage, offset: offset)
    }

    func testBytesFollowFromShapeAndElementType() {
        XCTAssertEqual(tensor([2, 3], .float32).byteCount, 24)
        XCTAssertEqual(tensor([2, 3], .int32).byteCount, 24)
        XCTAssertEqual(tensor([2, 3], .uint8).byteCount, 6)
    }

    func testReshapingKeepsThePlace() throws {
        let original = tensor([4, 6], offset: 5)
        let reshaped = try original.reshaped(to: [2, 2, 6])
        XCTAssertEqual(reshaped.shape, [2, 2, 6])
        XCTAssertEqual(reshaped.offset, 5)
        XCTAssertTrue(reshaped.storage === original.storage)
        assertRefused("reshaped") { try original.reshaped(to: [5, 5]) }
    }

    func testSlicesBeginWhereTheirRowsLie() throws {
        let batch = tensor([4, 2, 3], offset: 7)
        let slice = try batch.slice(1..<3)
        XCTAssertEqual(slice.shape, [2, 2, 3])
        XCTAssertEqual(slice.offset, 7 + 6)
        XCTAssertTrue(slice.storage === batch.storage)
        XCTAssertEqual(try slice.slice(1..<2).offset, 7 + 12)
        XCTAssertEqual(try batch.slice(4..<4).count, 0)
        XCTAssertEqual(try tensor([0, 3]).slice(0..<0).count, 0)
    }

    func testSlicesStayInside() {
        let batch = tensor([4, 2])
        assertRefused("slice") { try batch.slice(3..<5) }
        assertRefused("slice") { try batch.slice(-1..<2) }
        assertRefused("slice") { try self.tensor([]).slice(0..<1) }
    }

    func testViewsOfAnArena() throws {
        let arena = tensor([100], offset: 3)
        let view = try arena.view(at: 10, shape: [3, 3, 2])
        XCTAssertEqual(view.shape, [3, 3, 2])
        XCTAssertEqual(view.offset, 13)
        XCTAssertEqual(try arena.view(at: 99, shape: [1]).offset, 102)
        XCTAssertEqual(try arena.view(at: 100, shape: [0]).count, 0)
    }

    func testViewsStayInside() {
        let arena = tensor([100])
        assertRefused("view") { try arena.view(at: 99, shape: [2]) }
        assertRefused("view") { try arena.view(at: -1, shape: [2]) }
        assertRefused("view") { try arena.view(at: .max, shape: [2]) }
    }

    private func assertRefused(
        _ operation: String, line: UInt = #line, _ body: () throws -> Tensor
    ) {
        XCTAssertThrowsError(try body(), line: line) { error in
            guard case TensorError.invalidArgument(operation, _) = error else {
                return XCTFail("\(error)", line: line)
            }
        }
    }
}
