import XCTest

@testable import Datasets

final class BatchSamplerTests: XCTestCase {
    private func sampler(count: Int, batchSize: Int, seed: UInt64 = 1) -> BatchSampler {
        BatchSampler(count: count, batchSize: batchSize, seed: seed, purpose: .labelledOrder)
    }

    /// Batches that begin in one permutation and end in the next, and batches larger than the set.
    func testBatchesAreOnePermutationAfterAnother() {
        for (count, batchSize) in [(7, 3), (5, 5), (4, 11), (1, 2)] {
            var sampler = sampler(count: count, batchSize: batchSize)
            let drawn = (0..<count * 4).flatMap { sampler.batch(at: $0) }
            for start in stride(from: 0, to: drawn.count, by: count) {
                XCTAssertEqual(
                    drawn[start..<start + count].sorted(), Array(0..<count), "\(count), \(batchSize), \(start)")
            }
        }
    }

    func testPermutationsDiffer() {
        var sampler = sampler(count: 50, batchSize: 50)
        XCTAssertNotEqual(sampler.batch(at: 0), sampler.batch(at: 1))
        var other = self.sampler(count: 50, batchSize: 50, seed: 2)
        XCTAssertNotEqual(sampler.batch(at: 0), other.batch(at: 0))
    }

    func testAnyStepCanBeDrawnDirectly() {
        var inOrder = sampler(count: 10, batchSize: 4)
        let batches = (0..<30).map { inOrder.batch(at: $0) }
        for step in (0..<30).reversed() {
            var fresh = sampler(count: 10, batchSize: 4)
            XCTAssertEqual(fresh.batch(at: step), batches[step])
            XCTAssertEqual(inOrder.batch(at: step), batches[step])
        }
    }

    func testEmptyBatches() {
        var sampler = sampler(count: 1, batchSize: 0)
        XCTAssertEqual(sampler.batch(at: 5), [])
    }
}
