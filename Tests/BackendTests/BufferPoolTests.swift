import Tensors
import XCTest

@testable import CPUBackend

final class BufferPoolTests: XCTestCase {
    func testSizeClassesHoldWhatWasAskedForAndLittleMore() {
        for byteCount in [0, 1, 63, 64, 65, 80, 81, 96, 112, 128, 129, 1000, 4096, 4097, 1_000_003, 1 << 40] {
            let size = BufferPool.sizeClass(of: byteCount)
            XCTAssertGreaterThanOrEqual(size, byteCount)
            XCTAssertLessThanOrEqual(size, max(64, byteCount + byteCount / 4))
            XCTAssertEqual(BufferPool.sizeClass(of: size), size, "a class is its own class")
        }
    }

    func testABlockIsFoundAgain() throws {
        let pool = BufferPool(capacity: 1 << 20)
        let first = try pool.take(byteCount: 1000).address
        let second = try pool.take(byteCount: 1010)
        XCTAssertEqual(second.address, first)
        XCTAssertEqual(pool.allocations, 1)
        XCTAssertEqual(Int(bitPattern: first) % 64, 0)
    }

    func testBlocksInUseAreNotSharedOrCountedTwice() throws {
        let pool = BufferPool(capacity: 1 << 20)
        let blocks = try (0..<3).map { _ in try pool.take(byteCount: 1024) }
        XCTAssertEqual(Set(blocks.map(\.address)).count, 3)
        XCTAssertEqual(pool.allocatedBytes, 3 * 1024)
        XCTAssertEqual(pool.peakBytes, 3 * 1024)
    }

    func testRunningOutSaysWhatIsNeededAndAvailable() throws {
        let pool = BufferPool(capacity: 10_240)
        let block = try pool.take(byteCount: 8192)
        XCTAssertThrowsError(try pool.take(byteCount: 4096)) { error in
            guard case TensorError.outOfMemory(4096, 2048, _, _) = error else { return XCTFail("\(error)") }
        }
        XCTAssertEqual(block.byteCount, 8192)
    }

    func testFreeBlocksOfOtherSizesMakeRoom() throws {
        let pool = BufferPool(capacity: 10_240)
        for _ in 0..<2 {
            _ = try pool.take(byteCount: 8192)
            _ = try pool.take(byteCount: 4096)
        }
        XCTAssertEqual(pool.allocations, 4)
        XCTAssertEqual(pool.allocatedBytes, 4096)
        XCTAssertEqual(pool.peakBytes, 8192)
    }

    /// No memory of this size exists; the request must not bring the process down.
    func testATensorLargerThanTheMachineIsRefused() {
        let backend = CPUBackend()
        XCTAssertThrowsError(try backend.makeTensor([1 << 50], .float32)) { error in
            guard case TensorError.outOfMemory = error else { return XCTFail("\(error)") }
        }
        XCTAssertThrowsError(try backend.oneHot(try backend.tensor([0] as [Int32], [1]), classes: .max))
    }
}
