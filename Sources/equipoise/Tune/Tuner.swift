import BackendTesting
import CPUBackend
import OpenCLBackend

/// Tries the implementations of an OpenCL device's problems against each other; the CPU backend tells what is right.
struct Tuner {
    private let rounds: Int
    private let backend: OpenCLBackend
    private let reference = CPUBackend()

    /// - Parameter rounds: how often each candidate is timed.
    init(rounds: Int, on backend: OpenCLBackend) {
        self.rounds = rounds
        self.backend = backend
    }

    /// The choices that a file holds for the device, those for other recipes among them; none if the file cannot be used,
    /// because then it is to be replaced.
    static func startingPoint(_ path: String, for device: OpenCLDevice) -> Tuning {
        let none = Tuning(for: device)
        guard let found = try? Tuning(contentsOf: path), found.fits(device) else { return none }
        return found
    }

    /// Tries one problem after the other, with CLBlast's own parameters.
    func tune(
        _ problems: [TunableProblem], report: (TunableProblem, ImplementationTrial) throws -> Void
    ) throws {
        for problem in problems {
            let names = problem.candidates.filter { !OpenCLBackend.clblastNames.dropFirst().contains($0) }
            try report(problem, trial(of: problem, candidates: names))
        }
    }

    /// Tries the matrix products among the problems with one set of CLBlast's parameters after the other. Nothing can be
    /// tried with CLBlast's own parameters after this.
    func tuneCLBlast(
        _ problems: [TunableProblem], report: (TunableProblem, ImplementationTrial) throws -> Void
    ) throws {
        for name in OpenCLBackend.clblastNames.dropFirst() {
            for problem in problems where problem.candidates.contains(name) {
                try report(problem, trial(of: problem, candidates: [name]))
            }
        }
    }

    private func trial(of problem: TunableProblem, candidates: [String]) throws -> ImplementationTrial {
        try ImplementationTrial(
            of: row(of: problem), candidates: candidates, reference: reference, on: backend, rounds: rounds
        ) { name, body in
            try backend.performing(problem.operation, by: name, body)
        }
    }

    /// What is tried, and how far results may be from the reference.
    private func row(of problem: TunableProblem) throws -> OperationRow {
        let row: OperationRow? =
            switch problem.problem {
            case .convolution2D(let convolution): .convolution2D(problem.operation, on: convolution)
            case .gemm(let product): .gemm(on: product)
            }
        guard let row else { throw CommandError("there is no check for \(problem.operation)") }
        return row
    }
}

extension ImplementationTrial {
    /// The winner as a choice; nil if no candidate is right.
    func choice(for problem: TunableProblem) -> Tuning.Choice? {
        winner.map {
            Tuning.Choice(
                operation: problem.operation, problem: "\(problem)", implementation: $0, milliseconds: milliseconds)
        }
    }
}
