import ArgumentParser
import Foundation
import OpenCLBackend
import Training

/// Where tuned choices come from: what `--tuning` takes.
enum TuningRequest: Equatable, ExpressibleByArgument {
    /// What `equipoise tune` has found for the device; nothing if it was never run there.
    case cache
    /// The order of the lists.
    case none
    /// A file, such as a run's `tuning.json`.
    case file(String)

    init?(argument: String) {
        switch argument {
        case "": return nil
        case "cache": self = .cache
        case "none": self = .none
        default: self = .file(argument)
        }
    }

    /// The choices of the run in `folder`: none if it was not tuned.
    static func run(in folder: String) -> TuningRequest {
        let path = RunFolder.tuningPath(in: folder)
        return FileManager.default.fileExists(atPath: path) ? .file(path) : .none
    }

    /// The choices for a device; nil for the order of the lists.
    ///
    /// - Throws: `TuningError.unreadable`.
    func tuning(for device: OpenCLDevice) throws -> Tuning? {
        switch self {
        case .none: return nil
        case .file(let path): return try Tuning(contentsOf: path)
        case .cache:
            guard let path = Tuning.cachePath(for: device), FileManager.default.fileExists(atPath: path) else {
                return nil
            }
            return try Tuning(contentsOf: path)
        }
    }
}

/// `--tuning`, for the commands that train or measure.
struct TuningOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which kernels to use: cache for what `equipoise tune` found best, none for the standard order, or a file "
                + "such as a run's tuning.json. [default: cache; a run's own when it is resumed]",
            valueName: "choices"))
    var tuning: TuningRequest?
}
