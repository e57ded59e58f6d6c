import Tensors

/// A problem that a backend has met, with more than one way to solve it.
public struct TunableProblem: Hashable, Sendable {
    /// What is to be computed.
    public enum Problem: Hashable, Sendable {
        /// A convolution or one of its gradients.
        case convolution2D(Convolution2DProblem)
        /// A matrix product.
        case gemm(GemmProblem)
    }

    /// The operation's name in the protocol.
    public let operation: String
    /// What is to be computed.
    public let problem: Problem
    /// The names of the implementations made for the device that accept it, in the order of their list: the first is the
    /// one that is taken untuned.
    public let candidates: [String]
}

extension TunableProblem: CustomStringConvertible {
    /// Operation and problem: `convolution2D n64 h32 w32 c16 k32 r3 s1 p1`.
    public var name: String { "\(operation) \(self)" }

    /// The problem as ``Tuning/Choice/problem`` has it.
    public var description: String {
        switch problem {
        case .convolution2D(let problem): "\(problem)"
        case .gemm(let problem): "\(problem)"
        }
    }

    /// The problem whatever the batch, and with or without an addend: a convolution's but for `n64` and `adding`, a
    /// matrix product's but for its rows.
    public var withoutBatch: String {
        description.split(separator: " ").dropFirst().filter { $0 != "adding" }.joined(separator: " ")
    }
}

extension OpenCLBackend {
    /// The implementations of the matrix product by CLBlast: with its own parameters, then with others. A process that has
    /// used others cannot go back to CLBlast's own, and changing them costs time, so one is to perform all products.
    public static let clblastNames = [CLBlastProduct.baseName] + CLBlastProduct.namesWithParameters

    /// The problems met so far that several implementations could solve, in the order of their names.
    public var tunableProblems: [TunableProblem] {
        choices.problems.compactMap { operation, problem in
            let convolutions = [
                Convolution2DImplementations.forward, Convolution2DImplementations.inputGradient,
                Convolution2DImplementations.filterGradient,
            ]
            switch problem.base {
            case let problem as Convolution2DProblem:
                let list = convolutions.first { $0.operation == operation }
                return TunableProblem(
                    operation: operation, problem: .convolution2D(problem),
                    candidates: list?.candidates(for: problem, on: hardware) ?? [])
            case let problem as GemmProblem:
                return TunableProblem(
                    operation: operation, problem: .gemm(problem),
                    candidates: GemmImplementations.list.candidates(for: problem, on: hardware))
            default: return nil
            }
        }
        .filter { $0.candidates.count > 1 }
        .sorted { ($0.operation, $0.description) < ($1.operation, $1.description) }
    }

    /// - Throws: `TuningError` unless the tuning is for this device and names only implementations that there are.
    static func check(_ tuning: Tuning?, for device: OpenCLDevice) throws {
        guard let tuning else { return }
        guard tuning.isMeasured(on: device) else {
            throw TuningError.otherDevice(tuning.device, here: TunedDevice(device))
        }
        if let choice = tuning.unknownChoice {
            throw TuningError.unknownImplementation(choice.implementation, operation: choice.operation)
        }
    }
}

extension Tuning {
    /// Whether a backend on the device takes it.
    public func fits(_ device: OpenCLDevice) -> Bool {
        isMeasured(on: device) && unknownChoice == nil
    }

    fileprivate func isMeasured(on device: OpenCLDevice) -> Bool { self.device == TunedDevice(device) }

    /// A choice of an implementation that this version of the program does not have.
    fileprivate var unknownChoice: Choice? {
        choices.first { OpenCLBackend.implementationNames[$0.operation]?.contains($0.implementation) != true }
    }
}
