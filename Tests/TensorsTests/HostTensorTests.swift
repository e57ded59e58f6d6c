import Tensors
import XCTest

final class HostTensorTests: XCTestCase {
    func testFloatsKeepTheirBits() throws {
        let values: [Float] = [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        let tensor = try HostTensor(values, shape: [2, 3])
        XCTAssertEqual(tensor.floats.map(\.bitPattern), values.map(\.bitPattern))
        XCTAssertEqual(tensor.bytes.count, 24)
    }

    func testIntegersAreReadAsIntegersAndAsFloats() throws {
        let tensor = try HostTensor([-1, 0, .max] as [Int32], shape: [3])
        XCTAssertEqual(try tensor.integers(), [-1, 0, .max])
        XCTAssertEqual(tensor.floats, [-1, 0, 0x1p31])
    }

    func testBytesAreReadAsFloats() throws {
        let tensor = try HostTensor(shape: [3], elementType: .uint8, bytes: [0, 7, 255])
        XCTAssertEqual(tensor.floats, [0, 7, 255])
    }

    func testOnlyIntegersAreIntegers() throws {
        let tensor = try HostTensor([1] as [Float], shape: [1])
        XCTAssertThrowsError(try tensor.integers())
    }

    func testTheElementsMustFitTheShape() {
        XCTAssertThrowsError(try HostTensor([1, 2, 3] as [Float], shape: [2]))
        XCTAssertThrowsError(try HostTensor([1] as [Int32], shape: [0]))
        XCTAssertThrowsError(try HostTensor(shape: [2], elementType: .int32, bytes: [0, 0, 0, 0]))
        XCTAssertNoThrow(try HostTensor([] as [Float], shape: [0, 5]))
    }

    func testEqualBytesOfAnotherShapeAreAnotherTensor() throws {
        let values: [Float] = [1, 2, 3, 4]
        XCTAssertEqual(try HostTensor(values, shape: [4]), try HostTensor(values, shape: [4]))
        XCTAssertNotEqual(try HostTensor(values, shape: [4]), try HostTensor(values, shape: [2, 2]))
    }
}
