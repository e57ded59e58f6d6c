import Tensors
import XCTest

final class WeightedDrawTests: XCTestCase {
    private let stream = RandomStream(seed: 11, purpose: .testing)

    func testIndicesAreDrawnInProportionToTheirWeights() {
        var generator = PhiloxGenerator(stream)
        var occurrences = [Int](repeating: 0, count: 4)
        for index in generator.indices(14_000, weights: [1, 0, 4, 2], withReplacement: true) { occurrences[index] += 1 }
        XCTAssertEqual(occurrences[1], 0)
        for (occurrence, expected) in zip(occurrences, [2000, 0, 8000, 4000]) {
            XCTAssertLessThan(abs(occurrence - expected), 300, "\(occurrences)")
        }
    }

    func testWithoutReplacementEachIsDrawnOnceAndThoseOfWeightZeroLast() {
        var generator = PhiloxGenerator(stream)
        var first = [Int](repeating: 0, count: 3)
        for _ in 0..<3000 {
            let drawn = generator.indices(9, weights: [1, 0, 2], withReplacement: false)
            XCTAssertEqual(drawn.sorted(), [0, 1, 2])
            XCTAssertEqual(drawn.last, 1)
            first[drawn[0]] += 1
        }
        XCTAssertLessThan(abs(first[0] - 1000), 130, "\(first)")
    }

    func testWeightsThatSayNothingMakeAllEquallyLikely() {
        var generator = PhiloxGenerator(stream)
        for weights in [[0, 0], [Double.nan, .infinity]] {
            let drawn = generator.indices(2000, weights: weights, withReplacement: true)
            XCTAssertLessThan(abs(drawn.reduce(0, +) - 1000), 115)
        }
        XCTAssertEqual(generator.indices(2, weights: [], withReplacement: true), [])
    }
}
