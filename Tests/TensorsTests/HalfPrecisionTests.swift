import Tensors
import XCTest

final class HalfPrecisionTests: XCTestCase {
    /// What the format's definition says: `±1.fraction · 2^(exponent − 15)`, or `±0.fraction · 2⁻¹⁴`.
    private func definition(_ bits: UInt16) -> Double {
        let sign = bits >> 15 == 0 ? 1.0 : -1.0
        let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Double(bits & 0x3FF))
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
    }

    func testEveryHalfIsTheNumberOfItsDefinitionAndComesBack() {
        for bits in UInt16.min...UInt16.max {
            let (value, expected) = (HalfPrecision.float(bits), definition(bits))
            if expected.isNaN {
                XCTAssertTrue(value.isNaN)
                XCTAssertTrue(HalfPrecision.float(HalfPrecision.bits(value)).isNaN)
            } else {
                XCTAssertEqual(Double(value), expected)
                XCTAssertEqual(HalfPrecision.bits(value), bits)
            }
        }
    }

    /// Between each half and the next: the middle goes to the even one, its neighbours to the nearer one.
    func testRoundingIsToNearestAndTiesGoToEven() {
        for bits in 0..<0x7C00 as Range<UInt16> {
            let (low, high) = (definition(bits), bits == 0x7BFF ? 65536 : definition(bits + 1))
            let middle = Float((low + high) / 2)
            XCTAssertEqual(HalfPrecision.bits(middle), bits % 2 == 0 ? bits : bits + 1)
            XCTAssertEqual(HalfPrecision.bits(middle.nextDown), bits)
            XCTAssertEqual(HalfPrecision.bits(middle.nextUp), bits + 1)
            XCTAssertEqual(HalfPrecision.bits(-middle.nextUp), 0x8000 | (bits + 1))
        }
    }

    func testWhatIsTooLargeBecomesInfiniteAndWhatIsTooSmallZero() {
        XCTAssertEqual(HalfPrecision.bits(65519), 0x7BFF)
        XCTAssertEqual(HalfPrecision.bits(65520), 0x7C00)
        XCTAssertEqual(HalfPrecision.bits(.greatestFiniteMagnitude), 0x7C00)
        XCTAssertEqual(HalfPrecision.bits(-.infinity), 0xFC00)
        XCTAssertEqual(HalfPrecision.bits(0x1p-25), 0)
        XCTAssertEqual(HalfPrecision.bits(-.leastNonzeroMagnitude), 0x8000)
    }

    func testHostTensorsOfHalvesTakeTwoBytesAnElement() throws {
        let tensor = try HostTensor(halves: [1, -2.5, 0.1], shape: [3])
        XCTAssertEqual(tensor.elementType, .float16)
        XCTAssertEqual(tensor.bytes, [0x00, 0x3C, 0x00, 0xC1, 0x66, 0x2E])
        XCTAssertEqual(tensor.floats, [1, -2.5, 0x1.998p-4])
        XCTAssertThrowsError(try HostTensor(halves: [1], shape: [2])) { XCTAssertTrue($0 is TensorError) }
    }
}
