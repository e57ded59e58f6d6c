import Foundation
import TensorFiles

/// The folder that holds everything of one training run:
///
///     recipe.yaml                  the recipe with everything resolved
///     tuning.json                  which kernels were chosen for which problem, if measuring had a say
///     split.json                   which images are labelled, unlabelled and for validation
///     log.jsonl                    what happened, a JSON object a line
///     checkpoint-STEP.safetensors  the whole state after STEP steps; the newest few. With `.damaged` behind it
///                                  one that could not be read when the run was resumed
///     final.safetensors            the state after the last step
///     summary.json                 the result
public struct RunFolder: Sendable {
    /// Where the folder is.
    public let path: String

    /// Held from when the folder is there, so that no other run writes into it.
    private var lock: FolderLock?

    /// The recipe with everything resolved.
    public var recipePath: String { "\(path)/recipe.yaml" }
    /// Which kernels were chosen for which problem: with other choices a run's bits differ.
    public var tuningPath: String { Self.tuningPath(in: path) }
    /// The same in a folder that need not exist.
    public static func tuningPath(in folder: String) -> String { "\(folder)/tuning.json" }
    /// Which images are labelled, unlabelled and for validation.
    public var splitPath: String { "\(path)/split.json" }
    /// What happened, a JSON object a line.
    public var logPath: String { "\(path)/log.jsonl" }
    /// The state after the last step.
    public var finalPath: String { "\(path)/final.safetensors" }
    /// The result.
    public var summaryPath: String { "\(path)/summary.json" }
    /// The whole state after `step` steps.
    public func checkpointPath(step: Int) -> String { "\(path)/checkpoint-\(step).safetensors" }

    /// Checks that a run can be written there, and leaves everything as it was. A folder that is there is this run's until
    /// the value and its copies are gone.
    ///
    /// - Parameter resuming: whether the folder may hold a run already.
    /// - Throws: `TrainingError.folderInUse` while another run uses the folder; `TrainingError.runExists` for a folder
    ///   that is not empty, unless resuming; `TrainingError.cannotWriteFolder` if nothing can be written there: better now
    ///   than at the first checkpoint.
    public init(_ path: String, resuming: Bool) throws {
        self.path = path
        // What is there already: the folder itself, or the nearest one around it.
        var existing = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
            existing.deleteLastPathComponent()
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: existing.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw cannotWrite("\(existing.path) is not a folder")
        }
        if existing.path == URL(fileURLWithPath: path).path { lock = try FolderLock(path) }
        if !resuming, !Self.isFree(path) { throw TrainingError.runExists(folder: path) }
        // Only trying tells: permissions say nothing about read-only disks and the system's own folders.
        let trial = existing.appendingPathComponent(".equipoise-\(UUID().uuidString)").path
        guard mkdir(trial, 0o700) == 0 else {
            throw cannotWrite("\(existing.path) takes no new files (\(String(cString: strerror(errno))))")
        }
        rmdir(trial)
    }

    /// Makes the folder if it is not there, and removes what a killed process has left in it.
    ///
    /// - Throws: `TrainingError.cannotWriteFolder`; `TrainingError.folderInUse` and `TrainingError.runExists` if another
    ///   run has made the folder since the checks.
    mutating func open() throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw cannotWrite((error as NSError).localizedDescription)
        }
        if lock == nil {
            lock = try FolderLock(path)
            guard Self.isFree(path) else { throw TrainingError.runExists(folder: path) }
        }
        removeLeftovers()
    }

    /// The identifier and name of the device that the run in a folder was last computed on; nil if there is no run.
    public static func device(in folder: String) -> String? {
        EventLog.device(inLogAt: "\(folder)/log.jsonl")
    }

    /// Whether nothing, or an empty folder, is at `path`.
    public static func isFree(_ path: String) -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return true }
        return (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty ?? false
    }

    /// The steps of the checkpoints, newest first. Whether they are whole only reading them can tell.
    public func checkpointSteps() -> [Int] {
        contents().compactMap { name in
            guard name.hasPrefix("checkpoint-"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst("checkpoint-".count).dropLast(".safetensors".count))
        }
        .sorted(by: >)
    }

    /// Removes the checkpoints up to that of `step`, which has just been saved, but for the newest `count` of them.
    func removeCheckpoints(keeping count: Int, upTo step: Int) {
        for step in checkpointSteps().filter({ $0 <= step }).dropFirst(count) {
            try? FileManager.default.removeItem(atPath: checkpointPath(step: step))
        }
    }

    /// Gives a checkpoint that cannot be read another name: it no longer counts as one, and nothing is lost.
    ///
    /// - Returns: where it is now.
    /// - Throws: `FileError.cannotWrite`.
    func setAsideCheckpoint(step: Int) throws -> String {
        let path = "\(checkpointPath(step: step)).damaged"
        try AtomicFile.rename(checkpointPath(step: step), to: path)
        return path
    }

    /// Temporary files of a process that was killed while it wrote.
    private func removeLeftovers() {
        for name in contents() where name.hasSuffix(".tmp") {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    private func contents() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    private func cannotWrite(_ reason: String) -> TrainingError {
        .cannotWriteFolder(folder: path, reason: reason)
    }
}
