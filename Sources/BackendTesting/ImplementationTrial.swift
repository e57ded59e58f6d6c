import Tensors

/// Tries several ways to perform one operation on one problem against each other.
///
/// A candidate takes part only if its results are those of the reference, within the row's tolerance, and the same bits
/// again when it is repeated. The others are timed in turn, so that a machine that slows down does so for all of them.
public struct ImplementationTrial {
    /// What became of a candidate.
    public enum Outcome: Hashable, Sendable {
        /// It is right; its fastest call took so long.
        case timed(seconds: Double)
        /// Its first call after that which compiles took so much longer than another's fastest one that it was neither
        /// checked nor timed.
        case tooSlow
        /// It is not right, or the device cannot do it.
        case refused(String)
    }

    /// The candidates in the order given, and what became of each.
    public let outcomes: [(name: String, outcome: Outcome)]

    /// The candidate to choose: the first of the list, unless another is faster by more than measuring errs; nil if
    /// none is right.
    public var winner: String? {
        Self.winner(
            of: outcomes.compactMap { name, outcome in
                if case .timed(let seconds) = outcome { (name, seconds) } else { nil }
            })
    }

    /// The first, unless another is faster by more than measuring errs; nil if there is none.
    public static func winner(of times: [(name: String, time: Double)]) -> String? {
        guard let first = times.first, let fastest = times.min(by: { $0.time < $1.time }) else { return nil }
        return fastest.time < 0.97 * first.time ? fastest.name : first.name
    }

    /// The times of the candidates that are right.
    public var milliseconds: [String: Double] {
        var milliseconds: [String: Double] = [:]
        for case (let name, .timed(let seconds)) in outcomes { milliseconds[name] = seconds * 1e3 }
        return milliseconds
    }

    /// Runs a trial.
    ///
    /// - Parameters:
    ///   - row: the operation, its problem and its tolerance.
    ///   - rounds: how often each candidate is timed.
    ///   - clock: what they are timed by.
    ///   - perform: runs its second argument while the operation is performed by the candidate named first.
    /// - Throws: what the reference throws. An error of a candidate is its outcome.
    public init(
        of row: OperationRow, candidates: [String], reference: any Backend, on backend: any Backend, rounds: Int = 5,
        by clock: some Clock<Duration> = ContinuousClock(),
        performing perform: (_ name: String, _ body: () throws -> Void) throws -> Void
    ) throws {
        let hosts = try row.arguments.filled(for: row.name)
        let expected = try RowExecution(row: row, backend: reference, hosts: hosts).run()
        let placed = try PlacedArguments(row.arguments, filledWith: hosts, on: backend, placement: .plain)

        func seconds(_ name: String) throws -> Double {
            var duration = Duration.zero
            try perform(name) {
                try backend.synchronize()
                duration = try clock.measure {
                    _ = try row.perform(backend, placed)
                    try backend.synchronize()
                }
            }
            return duration / .seconds(1)
        }

        var outcomes: [String: Outcome] = [:]
        var best: [String: Double] = [:]
        for name in candidates {
            do {
                // The first call compiles.
                _ = try seconds(name)
                let time = try seconds(name)
                if time > 4 * (best.values.min() ?? .infinity) {
                    outcomes[name] = .tooSlow
                    continue
                }
                if let problem = try Self.problem(of: row, hosts, expected, on: backend, by: name, perform) {
                    outcomes[name] = .refused(problem)
                } else {
                    best[name] = time
                }
            } catch {
                outcomes[name] = .refused("\(error)")
            }
        }
        for _ in 0..<rounds {
            for (name, time) in best { best[name] = min(time, try seconds(name)) }
        }
        for (name, time) in best { outcomes[name] = .timed(seconds: time) }
        self.outcomes = candidates.compactMap { name in outcomes[name].map { (name, $0) } }
    }

    /// What is wrong with a candidate; nil if nothing is.
    private static func problem(
        of row: OperationRow, _ hosts: [String: HostTensor], _ expected: [String: HostTensor], on backend: any Backend,
        by name: String, _ perform: (_ name: String, _ body: () throws -> Void) throws -> Void
    ) throws -> String? {
        var problem: String?
        try perform(name) {
            let execution = RowExecution(row: row, backend: backend, hosts: hosts)
            for (check, outcome) in execution.outcomes(of: [.parity, .repeatability], expected: expected) {
                switch outcome {
                case .passed: continue
                case .failed(let reason), .unsupported(let reason): problem = "\(check.rawValue): \(reason)"
                }
                break
            }
        }
        return problem
    }
}

extension ImplementationTrial: CustomStringConvertible {
    /// `winograd; direct 4.12 ms, winograd 2.2 ms, implicitGemm too slow`.
    public var description: String {
        let texts = outcomes.map { name, outcome in
            switch outcome {
            case .timed(let seconds): "\(name) \((seconds * 1e6).rounded() / 1e3) ms"
            case .tooSlow: "\(name) too slow"
            case .refused(let reason): "\(name) refused (\(reason))"
            }
        }
        return "\(winner ?? "none is right"); \(texts.joined(separator: ", "))"
    }
}
