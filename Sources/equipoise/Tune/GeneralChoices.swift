import OpenCLBackend

/// Choices for machines and batch sizes that were not measured. Problems that differ only in the batch, or in whether
/// something is added to the result, share a choice. One is made only where the same candidate was clearly faster than the
/// first of the list for each of them, each time.
struct GeneralChoices {
    /// How often every problem is tried, the others in between: what is fast once may have had a quiet moment.
    static let passes = 3
    /// At most so much of the first candidate's time is clearly faster.
    private static let clearlyFaster = 0.9

    private struct Group: Hashable {
        let operation: String
        let problem: String
    }

    private var groups: [Group: [(first: String, milliseconds: [String: Double])]] = [:]

    /// Takes a trial into account: the times of the candidates that were right.
    mutating func add(_ milliseconds: [String: Double], of problem: TunableProblem) {
        guard let first = problem.candidates.first else { return }
        groups[Group(operation: problem.operation, problem: problem.withoutBatch), default: []]
            .append((first, milliseconds))
    }

    /// The choices, with the sums of the times of candidates that were timed in every trial.
    var clear: [Tuning.Choice] {
        groups.compactMap { group, trials in
            var sums: [String: Double] = [:]
            for name in Set(trials.flatMap(\.milliseconds.keys)) {
                let times = trials.compactMap { $0.milliseconds[name] }
                if times.count == trials.count { sums[name] = times.reduce(0, +) }
            }
            let winners = sums.filter { name, _ in
                trials.allSatisfy { trial in
                    // A first candidate without a time is wrong or far too slow: any other is better.
                    trial.milliseconds[name, default: .infinity]
                        < Self.clearlyFaster * trial.milliseconds[trial.first, default: .infinity]
                }
            }
            return winners.min { ($0.value, $0.key) < ($1.value, $1.key) }.map {
                Tuning.Choice(
                    operation: group.operation, problem: group.problem, implementation: $0.key, milliseconds: sums)
            }
        }
    }
}
