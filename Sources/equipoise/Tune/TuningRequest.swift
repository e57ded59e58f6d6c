import ArgumentParser
import Foundation
import OpenCLBackend
import Training

/// Where tuned choices come from: what `--tuning` takes.
enum TuningRequest: Equatable, ExpressibleByArgument {
    /// What `equipoise tune` has found for the device, and the program's defaults for what it leaves open.
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

    /// The choices of the run in `folder`: none if it began without any.
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
            let path = Tuning.cachePath(for: device).flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
            return Tuning.inForce(measured: try path.map(Tuning.init(contentsOf:)), on: device)
        }
    }
}

/// `--tuning`, for the commands that train or measure.
struct TuningOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which kernels to use: cache for what `equipoise tune` found best and the program's defaults, none for the "
                + "order of the lists, or a file such as a run's tuning.json. [default: cache; a run's own when it is "
                + "resumed]",
            valueName: "choices"))
    var tuning: TuningRequest?
}
