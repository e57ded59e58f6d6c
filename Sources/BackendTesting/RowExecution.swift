import Tensors

/// One row on one backend: the runs that the checks compare.
struct RowExecution {
    let row: OperationRow
    let backend: any Backend
    let hosts: [String: HostTensor]

    /// Performs the operation once and reads its results, those written into arguments included.
    func run() throws -> [String: HostTensor] {
        try run(.plain).results
    }

    /// Performs the operation as often as the checks need.
    func outcomes(
        of checks: [Check], expected: [String: HostTensor]
    ) -> [(check: Check, outcome: CheckResult.Outcome)] {
        let first: [String: HostTensor]
        do {
            first = try run()
        } catch TensorError.unsupported(_, let problem, _) {
            return checks.prefix(1).map { ($0, .unsupported(problem)) }
        } catch {
            return checks.prefix(1).map { ($0, .failed("threw: \(error)")) }
        }
        // Repeatability and allocations share a run, guards and views another; neither takes place if nobody asks.
        lazy var second = Result { try runCountingAllocations() }
        lazy var guarded = Result { try run(.guarded) }
        var outcomes: [(check: Check, outcome: CheckResult.Outcome)] = []
        for check in checks {
            do {
                let outcome: CheckResult.Outcome =
                    switch check {
                    case .parity: parity(of: first, with: expected)
                    case .repeatability: sameBits(try second.get().results, as: first)
                    case .allocations: allocations(try second.get().allocations)
                    case .poison: try poison(first)
                    case .guards: verdict(try guarded.get().damages)
                    case .views: sameBits(try guarded.get().results, as: first)
                    case .gradient, .refusal: .unsupported("not a check of a row like this")
                    }
                outcomes.append((check, outcome))
            } catch {
                outcomes.append((check, .failed("threw: \(error)")))
            }
        }
        return outcomes
    }

    /// Performs the operation with a pool that knows what the row needs from the run before.
    private func runCountingAllocations() throws -> (results: [String: HostTensor], allocations: Int) {
        let before = backend.statistics.allocations
        let results = try run()
        return (results, backend.statistics.allocations - before)
    }

    private func run(
        _ placement: PlacedArguments.Placement
    ) throws -> (results: [String: HostTensor], damages: [String]) {
        let placed = try PlacedArguments(row.arguments, filledWith: hosts, on: backend, placement: placement)
        let tensors = try row.perform(backend, placed).merging(placed.results) { new, _ in new }
        return (try tensors.mapValues { try backend.read($0) }, try placed.damages(on: backend))
    }

    private func parity(
        of results: [String: HostTensor], with expected: [String: HostTensor]
    ) -> CheckResult.Outcome {
        var worst = 0.0
        var problems: [String] = []
        for (name, tensor) in expected.sorted(by: { $0.key < $1.key }) {
            guard let result = results[name] else { return .failed("no \(name) was computed") }
            let comparison = row.tolerance.compare(result, with: tensor)
            worst = max(worst, comparison.worstError)
            if let mismatch = comparison.mismatch { problems.append(name + mismatch) }
        }
        return problems.isEmpty ? .passed(worstError: worst) : verdict(problems)
    }

    private func sameBits(_ results: [String: HostTensor], as first: [String: HostTensor]) -> CheckResult.Outcome {
        verdict(
            first.keys.sorted().compactMap { name in
                guard let before = first[name], let after = results[name], before.bytes != after.bytes else {
                    return nil
                }
                let difference = Tolerance.exact.compare(after, with: before).mismatch ?? ": signs of zeros differ"
                return "\(name) has other bits\(difference)"
            })
    }

    private func allocations(_ count: Int) -> CheckResult.Outcome {
        count == 0 ? .passed(worstError: 0) : .failed("asked the device for memory \(count) times")
    }

    private func poison(_ first: [String: HostTensor]) throws -> CheckResult.Outcome {
        let inputsAreFinite = row.arguments.allSatisfy { argument in
            argument.role == .destination || (hosts[argument.name]?.doubles ?? []).allSatisfy(\.isFinite)
        }
        if inputsAreFinite, let (name, _) = first.first(where: { !$0.value.doubles.allSatisfy(\.isFinite) }) {
            return .failed("\(name) of finite inputs is not finite")
        }
        try fillPoolWithNaN(sizes: first.values.map { ($0.bytes.count + 3) / 4 })
        return sameBits(try run(), as: first)
    }

    /// Takes memory of many sizes from the pool, fills it with NaN and gives it back: that of the results, and eight
    /// sizes between each power of two and the next for what the operation keeps in between.
    private func fillPoolWithNaN(sizes: [Int]) throws {
        let ladder = (2..<10).flatMap { power in (8..<16).map { $0 << power } }
        let counts = sizes.map { max(1, $0) } + ladder
        // Written, not filled: that runs no kernel, which an interpreter would take long for.
        let nan = [Float](repeating: .nan, count: counts.max() ?? 0)
        var taken: [Tensor] = []
        for count in counts + counts {
            let tensor = try backend.makeTensor([count], .float32)
            try nan[..<count].withUnsafeBytes { try backend.write($0, into: tensor) }
            taken.append(tensor)
        }
        try backend.synchronize()
    }

    private func verdict(_ problems: [String]) -> CheckResult.Outcome {
        problems.isEmpty ? .passed(worstError: 0) : .failed(problems.joined(separator: "; "))
    }
}
