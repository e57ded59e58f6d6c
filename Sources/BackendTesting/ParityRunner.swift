import Tensors

/// Runs the rows of a suite on backends and compares them with a reference.
public struct ParityRunner {
    /// Which rows.
    public let suite: Suite
    /// The backend that is taken to be right; golden vectors and finite differences check it.
    public let reference: any Backend
    /// The backends under test.
    public let subjects: [Subject]
    /// Only rows whose name contains this text; all if nil.
    public let only: String?
    /// What is asked about each row.
    public let checks: Set<Check>

    /// - Parameter checks: all of them if nil, but for the finite differences in the suite ``Suite/small``: they take
    ///   dozens of runs a row.
    public init(
        _ suite: Suite, reference: any Backend, subjects: [Subject], only: String? = nil, checks: Set<Check>? = nil
    ) {
        self.suite = suite
        self.reference = reference
        self.subjects = subjects
        self.only = only
        self.checks = checks ?? Set(Check.allCases).subtracting(suite == .small ? [.gradient] : [])
    }

    /// Runs everything.
    ///
    /// - Parameter report: called with each result as soon as it is known.
    /// - Returns: all the results. Errors that backends throw are results too.
    @discardableResult
    public func run(report: (CheckResult) -> Void = { _ in }) -> [CheckResult] {
        var results: [CheckResult] = []
        func note(_ found: [CheckResult]) {
            found.forEach(report)
            results += found
        }
        for row in suite.rows where isWanted(row.name) { note(check(row)) }
        if checks.contains(.gradient) {
            for row in suite.gradientRows where isWanted(row.name) { note(check(row)) }
        }
        if checks.contains(.refusal) {
            for row in suite.refusalRows where isWanted(row.name) { note(check(row)) }
        }
        return results
    }

    private func isWanted(_ name: String) -> Bool {
        only.map(name.contains) ?? true
    }

    private func result(
        _ operation: String, _ row: String, _ check: Check, _ subject: Subject, _ outcome: CheckResult.Outcome
    ) -> CheckResult {
        CheckResult(
            operation: operation, row: row, check: check, subject: subject.label, outcome: outcome,
            reproducer: "equipoise parity \(subject.commandLineArguments) --suite \(suite.rawValue) --only \"\(row)\"")
    }

    private func check(_ row: OperationRow) -> [CheckResult] {
        let wanted = Check.allCases.filter { checks.contains($0) && $0 != .gradient && $0 != .refusal }
        let expected = Result { () throws -> (hosts: [String: HostTensor], results: [String: HostTensor]) in
            let hosts = try row.arguments.filled(for: row.name)
            guard checks.contains(.parity) else { return (hosts, [:]) }
            return (hosts, try RowExecution(row: row, backend: reference, hosts: hosts).run())
        }
        return subjects.flatMap { subject in
            switch expected {
            case .failure(let error):
                wanted.prefix(1).map {
                    result(row.operation, row.name, $0, subject, .failed("the reference threw: \(error)"))
                }
            case .success(let (hosts, expected)):
                RowExecution(row: row, backend: subject.backend, hosts: hosts).outcomes(of: wanted, expected: expected)
                    .map { result(row.operation, row.name, $0.check, subject, $0.outcome) }
            }
        }
    }

    private func check(_ row: GradientRow) -> [CheckResult] {
        subjects.map { subject in
            let outcome: CheckResult.Outcome
            do {
                let problems = try FiniteDifferences(row: row, backend: subject.backend).problems()
                outcome = problems.isEmpty ? .passed(worstError: 0) : .failed(problems.joined(separator: "; "))
            } catch TensorError.unsupported(_, let problem, _) {
                outcome = .unsupported(problem)
            } catch {
                outcome = .failed("threw: \(error)")
            }
            return result(row.operation, row.name, .gradient, subject, outcome)
        }
    }

    private func check(_ row: RefusalRow) -> [CheckResult] {
        subjects.map { subject in
            let problem = row.problem(on: subject.backend, reference: reference)
            return result(
                row.operation, row.name, .refusal, subject, problem.map { .failed($0) } ?? .passed(worstError: 0))
        }
    }
}
