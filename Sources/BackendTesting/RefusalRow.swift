import Tensors

/// A mistake that a caller can make, and the kind of error that every backend must answer with.
public struct RefusalRow: Sendable {
    /// The kinds of `TensorError` that a mistake gives.
    enum Kind: String, Sendable {
        case invalidArgument, foreignTensor
    }

    /// The operation's name.
    public let operation: String
    /// The mistake in a few words.
    public let problem: String

    let expected: Kind
    /// Makes the mistake.
    let attempt: @Sendable (_ backend: any Backend) throws -> Void

    init(
        _ operation: String, _ problem: String, expected: Kind = .invalidArgument,
        attempt: @escaping @Sendable (_ backend: any Backend) throws -> Void
    ) {
        self.operation = operation
        self.problem = problem
        self.expected = expected
        self.attempt = attempt
    }

    /// What `equipoise parity --only` takes.
    public var name: String { "\(operation) refuses: \(problem)" }

    /// What is wrong with the backend's answer; nil if it is the right error, in the reference's words.
    func problem(on backend: any Backend, reference: any Backend) -> String? {
        let answer = answer(of: backend)
        guard case .failure(let error) = answer else { return "no error was thrown" }
        guard kind(of: error) == expected else { return "must be \(expected.rawValue), was: \(error)" }
        guard expected == .invalidArgument, case .failure(let referenceError) = self.answer(of: reference) else {
            return nil
        }
        return error == referenceError ? nil : "said \"\(error)\", the reference says \"\(referenceError)\""
    }

    private func answer(of backend: any Backend) -> Result<Void, TensorError> {
        do {
            try attempt(backend)
            try backend.synchronize()
            return .success(())
        } catch let error as TensorError {
            return .failure(error)
        } catch {
            return .failure(.unsupported(operation: operation, problem: "\(error)", device: "no TensorError"))
        }
    }

    private func kind(of error: TensorError) -> Kind? {
        switch error {
        case .invalidArgument: .invalidArgument
        case .foreignTensor: .foreignTensor
        case .unsupported, .outOfMemory: nil
        }
    }
}
