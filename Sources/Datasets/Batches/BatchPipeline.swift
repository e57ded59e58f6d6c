import Dispatch
import Synchronization

/// Makes batches on a background thread a few steps ahead of training, so that the device never waits for the host.
///
/// Dropping the pipeline is all it takes to end it: the few batches already ordered are not delivered.
public final class BatchPipeline: Sendable {
    private struct Production {
        var producer: any BatchProducer
        var nextStep: Int
    }

    private let production: Mutex<Production>
    /// Apart from the production, so that taking a batch never waits for the making of the next one.
    private let finished = Mutex<[Result<TrainingBatch, any Error>]>([])
    /// Counts the finished batches.
    private let ready = DispatchSemaphore(value: 0)
    /// One batch after another, in the order of the steps.
    private let queue = DispatchQueue(label: "equipoise.batches", qos: .userInitiated)

    /// Starts making the batches of `firstStep`, `firstStep + 1`, …
    ///
    /// - Parameter lookAhead: how many batches are ordered before they are asked for; at least 1.
    public init(_ producer: any BatchProducer, from firstStep: Int = 0, lookAhead: Int = 2) {
        production = Mutex(Production(producer: producer, nextStep: firstStep))
        for _ in 0..<max(1, lookAhead) {
            order()
        }
    }

    /// The next step's batch; waits if it is not ready yet.
    ///
    /// - Throws: what ``BatchProducer/batch(at:)`` threw for that step.
    public func next() throws -> TrainingBatch {
        ready.wait()
        order()
        return try finished.withLock { $0.removeFirst() }.get()
    }

    private func order() {
        queue.async { [weak self] in
            self?.produce()
        }
    }

    private func produce() {
        let result = production.withLock { production in
            let step = production.nextStep
            production.nextStep += 1
            return Result { try production.producer.batch(at: step) }
        }
        finished.withLock { $0.append(result) }
        ready.signal()
    }
}
