import Foundation
import XCTest

@testable import Datasets

final class BatchPipelineTests: XCTestCase {
    func testDeliversWhatDirectProductionGives() throws {
        var producer = try TrainingBatchProducerTests.producer()
        for lookAhead in [1, 2, 3] {
            let pipeline = BatchPipeline(producer, from: 5, lookAhead: lookAhead)
            for step in 5..<25 {
                let (delivered, direct) = (try pipeline.next(), try producer.batch(at: step))
                XCTAssertEqual(delivered.step, step)
                XCTAssertEqual(delivered.views, direct.views)
                XCTAssertEqual(delivered.labels, direct.labels)
                XCTAssertEqual(delivered.hiddenLabels, direct.hiddenLabels)
            }
        }
    }

    /// Step 2³² − 1 is the last one that has a stream of its own.
    func testAnErrorReachesTheConsumerInItsPlace() throws {
        let last = Int(UInt32.max)
        let pipeline = BatchPipeline(try TrainingBatchProducerTests.producer(), from: last - 1)
        XCTAssertEqual(try pipeline.next().step, last - 1)
        XCTAssertEqual(try pipeline.next().step, last)
        assertInvalid("got \(last + 1)") { _ = try pipeline.next() }
        assertInvalid("got \(last + 2)") { _ = try pipeline.next() }
    }

    func testADroppedPipelineGoesAway() throws {
        let producer = try TrainingBatchProducerTests.producer()
        weak var dropped: BatchPipeline?
        for batches in 0..<20 {
            let pipeline = BatchPipeline(producer)
            for _ in 0..<batches { _ = try pipeline.next() }
            dropped = pipeline
        }
        let deadline = Date(timeIntervalSinceNow: 10)
        while dropped != nil, Date() < deadline { Thread.sleep(forTimeInterval: 0.005) }
        XCTAssertNil(dropped)
    }
}
