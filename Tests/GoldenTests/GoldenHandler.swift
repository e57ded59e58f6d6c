import Foundation
import Tensors

/// How the golden cases of one name are replayed. The tables of handlers, by name, are in `OperationGoldens`,
/// `OptimizerGoldens`, `NetworkGoldens`, `MethodGoldens`, `SelfSupervisionGoldens` and `AugmentationGoldens`.
///
/// A handler returns what it computed under the names of the expected tensors (`y` for `out.y`); the test compares, and
/// a missing one fails. Results that the file does not hold are ignored.
enum GoldenHandler: Sendable {
    /// Replayed on the CPU backend and on every OpenCL device present.
    case onEachBackend(@Sendable (GoldenFile, any Backend) throws -> [String: HostTensor])
    /// Replayed once; no device takes part.
    case onHost(@Sendable (GoldenFile) throws -> [String: HostTensor])
}

/// How a JSON case of `protocol/` is replayed: returns one line for each thing that is wrong.
typealias ProtocolCheck = @Sendable (_ json: Data) throws -> [String]
