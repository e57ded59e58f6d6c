/// What is asked of a backend about a row.
public enum Check: String, Hashable, Sendable, CaseIterable {
    /// The results are those of the reference, within the row's tolerance.
    case parity
    /// Run again, the operation gives the same bits.
    case repeatability = "repeat"
    /// Run again, the operation asks the device for no new memory.
    case allocations
    /// Results of finite inputs are finite, and the same bits when the pool's free memory is full of NaN.
    case poison
    /// Nothing outside the arguments is written, and inputs stay as they are.
    case guards
    /// Arguments that are views at odd offsets, with NaN around them, give the same bits.
    case views
    /// The backward operation is the derivative of the forward one, by finite differences.
    case gradient
    /// A mistake of the caller gives the right error, the same as on the reference.
    case refusal
}

/// What one check of one row found on one backend.
public struct CheckResult: Hashable, Sendable {
    /// How a check ended.
    public enum Outcome: Hashable, Sendable {
        /// All is well. `worstError` is relative to the tensor's largest magnitude; 0 where bits were compared.
        case passed(worstError: Double)
        /// One line that says what is wrong.
        case failed(String)
        /// The device cannot do this operation or problem, and said so.
        case unsupported(String)
    }

    /// The operation's name.
    public let operation: String
    /// The row's name, operation included.
    public let row: String
    /// What was asked.
    public let check: Check
    /// The label of the backend that was checked.
    public let subject: String
    /// What was found.
    public let outcome: Outcome
    /// The command that runs this row alone.
    public let reproducer: String

    /// True if something is wrong.
    public var isFailure: Bool {
        if case .failed = outcome { true } else { false }
    }

    /// One line for a person, ending with the command that reproduces a failure.
    public var line: String {
        switch outcome {
        case .passed(let worstError): "passed \(subject) \(check.rawValue) \(row): worst error \(Float(worstError))"
        case .unsupported(let reason): "unsupported \(subject) \(check.rawValue) \(row): \(reason)"
        case .failed(let problem):
            "FAILED \(subject) \(check.rawValue) \(row): \(Self.oneLine(problem)); reproduce: \(reproducer)"
        }
    }

    /// Compilers speak in many lines.
    private static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " | ")
        return line.count <= 600 ? line : line.prefix(600) + "…"
    }
}
