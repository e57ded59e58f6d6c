import XCTest

@testable import Tensors

final class PhiloxTests: XCTestCase {
    private let stream = RandomStream(seed: 7, purpose: .testing, step: 3, sample: 5)

    /// The known answers of Philox4x32-10 in the Random123 distribution.
    func testKnownAnswers() {
        let zeros = Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        XCTAssertEqual(zeros, SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))

        let ones = Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        XCTAssertEqual(ones, SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))

        let pi = Philox.block(
            counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        XCTAssertEqual(pi, SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    func testAStreamIsItsCounterAndKey() {
        let stream = RandomStream(seed: 0x0123_4567_89ab_cdef, purpose: .split, step: 11, sample: 13)
        XCTAssertEqual(
            Philox.block(17, of: stream),
            Philox.block(counter: SIMD4(17, 13, 11, 2), key: SIMD2(0x89ab_cdef, 0x0123_4567)))
    }

    func testEveryPartOfTheNameMakesAnotherStream() {
        var names = [stream]
        for change in [
            { $0.seed += 1 }, { $0.seed += 1 << 32 }, { $0.purpose = .method }, { $0.step += 1 }, { $0.sample += 1 },
        ] as [(inout RandomStream) -> Void] {
            var changed = stream
            change(&changed)
            names.append(changed)
        }
        let words = names.flatMap { name in (0..<4).flatMap { block in lanes(Philox.block(block, of: name)) } }
        XCTAssertEqual(Set(words).count, words.count)
    }

    func testUniformNumbersAreExactAndBelowOne() {
        XCTAssertEqual(Philox.uniform(0), 0)
        XCTAssertEqual(Philox.uniform(0xff), 0)
        XCTAssertEqual(Philox.uniform(0x100), 0x1p-24)
        XCTAssertEqual(Philox.uniform(.max), 1 - 0x1p-24)
    }

    func testAGeneratorGivesItsStreamsWordsInOrder() {
        var generator = PhiloxGenerator(stream)
        let words = (0..<10).map { _ in generator.nextWord() }
        let blocks = (0..<3).flatMap { lanes(Philox.block($0, of: stream)) }
        XCTAssertEqual(words, Array(blocks.prefix(10)))

        var wide = PhiloxGenerator(stream)
        XCTAssertEqual(wide.next(), UInt64(words[1]) << 32 | UInt64(words[0]))
        XCTAssertEqual(wide.uniform(), Philox.uniform(words[2]))
    }

    /// These permutations order samples: should they change, runs could no longer be repeated.
    func testPermutationsAreFixedByTheirStream() {
        var generator = PhiloxGenerator(stream)
        let first = generator.permutation(of: 8)
        let second = generator.permutation(of: 8)
        var again = PhiloxGenerator(stream)
        XCTAssertEqual(again.permutation(of: 8), first)
        XCTAssertNotEqual(first, second)
    }

    func testPermutationsHoldEachNumberOnce() {
        var generator = PhiloxGenerator(stream)
        for count in [0, 1, 2, 3, 10, 1000] {
            XCTAssertEqual(generator.permutation(of: count).sorted(), Array(0..<count))
        }
    }

    /// All 24 orders of four things, 24 000 draws: each about 1000 times, with a standard deviation of 31.
    func testPermutationsAreEquallyLikely() {
        var generator = PhiloxGenerator(stream)
        var occurrences: [[Int]: Int] = [:]
        for _ in 0..<24_000 { occurrences[generator.permutation(of: 4), default: 0] += 1 }
        XCTAssertEqual(occurrences.count, 24)
        XCTAssertTrue(occurrences.values.allSatisfy { abs($0 - 1000) < 155 }, "\(occurrences)")
    }

    func testIntegersStayBelowTheirBound() {
        var generator = PhiloxGenerator(stream)
        for bound in [1, 2, 3, 7, 1 << 16, Int(UInt32.max)] {
            for _ in 0..<100 { XCTAssertTrue((0..<bound).contains(generator.integer(below: bound))) }
        }
    }

    func testSmallIntegersAreEquallyLikely() {
        var generator = PhiloxGenerator(stream)
        var occurrences = [Int](repeating: 0, count: 7)
        for _ in 0..<14_000 { occurrences[generator.integer(below: 7)] += 1 }
        XCTAssertTrue(occurrences.allSatisfy { abs($0 - 2000) < 210 }, "\(occurrences)")
    }

    /// Of 3 · 2³⁰ values, the words of 2³² that are left over would fall on every third value if none were refused.
    func testIntegersHaveNoBias() {
        let bound = 3 << 30
        var generator = PhiloxGenerator(stream)
        var occurrences = [Int](repeating: 0, count: 3)
        for _ in 0..<12_000 { occurrences[generator.integer(below: bound) % 3] += 1 }
        XCTAssertTrue(occurrences.allSatisfy { abs($0 - 4000) < 260 }, "\(occurrences)")
    }

    /// Mean 1/2, variance 1/(4(2α + 1)), and what lies below 1/10: a tenth where α is 1, (2/π) asin √0.1 where it is 1/2.
    func testBetaDrawsAreDistributedAsTheyShould() {
        for (concentration, lowShare) in [(0.5, 0.2048), (0.75, nil), (1, 0.1), (8, nil)] as [(Double, Double?)] {
            var generator = PhiloxGenerator(stream)
            let draws = (0..<20_000).map { _ in generator.beta(concentration: concentration) }
            let mean = draws.reduce(0, +) / 20_000
            let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
            XCTAssertEqual(mean, 0.5, accuracy: 0.01, "\(concentration)")
            XCTAssertEqual(variance * 4 * (2 * concentration + 1), 1, accuracy: 0.04, "\(concentration)")
            guard let lowShare else { continue }
            XCTAssertEqual(Double(draws.count { $0 < 0.1 }) / 20_000, lowShare, accuracy: 0.01, "\(concentration)")
        }
    }

    func testBetaDrawsOfExtremeConcentrationsAreNumbers() {
        var generator = PhiloxGenerator(stream)
        for _ in 0..<100 {
            let nearAnEnd = generator.beta(concentration: 1e-6)
            XCTAssertTrue(nearAnEnd < 1e-9 || (1 - 1e-9...1).contains(nearAnEnd), "\(nearAnEnd)")
            XCTAssertEqual(generator.beta(concentration: 1e9), 0.5, accuracy: 1e-3)
        }
    }

    private func lanes(_ words: SIMD4<UInt32>) -> [UInt32] {
        (0..<4).map { words[$0] }
    }

    /// Reference values of FNV-1a with 32 bits.
    func testSamplesOfNames() {
        XCTAssertEqual(RandomStream.sample(named: ""), 0x811C_9DC5)
        XCTAssertEqual(RandomStream.sample(named: "a"), 0xE40C_292C)
        XCTAssertEqual(RandomStream.sample(named: "foobar"), 0xBF9C_F968)
    }
}
