import Dispatch
import Foundation
import Synchronization

/// Turns the first Ctrl-C (or SIGTERM) into a request to stop after the step; a second one ends the program at once.
/// A reader that goes away (`equipoise train | head`) does not end it.
final class Interruption {
    /// What shells expect of a program that Ctrl-C ended.
    static let exitCode: Int32 = 130

    private let requests: RequestCounter
    private let sources: [any DispatchSourceSignal]

    /// Whether a signal has arrived.
    var isRequested: Bool { requests.count.load(ordering: .relaxed) > 0 }

    init() {
        let requests = RequestCounter()
        self.requests = requests
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                let before = requests.count.add(1, ordering: .relaxed).oldValue
                if before > 0 { _exit(Self.exitCode) }
                try? FileHandle.standardError.write(
                    contentsOf: Data("\nstopping after this step; once more stops at once\n".utf8))
            }
            source.resume()
            return source
        }
    }

    deinit {
        sources.forEach { $0.cancel() }
    }

    private final class RequestCounter: Sendable {
        let count = Atomic<Int>(0)
    }
}
