import Foundation

/// What can stop a training run, or keep it from starting.
public enum TrainingError: Error, Equatable, Sendable {
    /// The folder already holds a run.
    case runExists(folder: String)
    /// Another run, of this process or another one, writes into the folder.
    case folderInUse(folder: String)
    /// The folder cannot be made or written.
    case cannotWriteFolder(folder: String, reason: String)
    /// The checkpoint or run folder belongs to another recipe.
    case otherRecipe(path: String, differences: [String], advice: String)
    /// The split that the data give today is not the one the run began with.
    case otherData(folder: String)
    /// The file is no checkpoint of this program.
    case notACheckpoint(path: String, problem: String)
    /// A loss, or a parameter, is infinite or not a number.
    case notFinite(what: String, step: Int, advice: String)
}

extension TrainingError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .runExists(let folder):
            "\(folder) already holds a run; continue it with --resume or choose another --output"
        case .folderInUse(let folder):
            "another run uses \(folder) at this moment; wait until it ends or choose another --output"
        case .cannotWriteFolder(let folder, let reason):
            "cannot write to the run folder \(folder): \(reason)"
        case .otherRecipe(let path, let differences, let advice):
            "\(path) belongs to another recipe: \(differences.joined(separator: ", ")); \(advice)"
        case .otherData(let folder):
            "\(folder)/split.json is not the split that the data give now; the data files have changed since the run began"
        case .notACheckpoint(let path, let problem):
            "\(path) is not a checkpoint: \(problem)"
        case .notFinite(let what, let step, let advice):
            "\(what) is not finite at step \(step); \(advice)"
        }
    }

    /// What to do when training runs away.
    static let adviceForDivergence =
        "lower optimizer.learning_rate, or set precision to single if it is mixed; the last checkpoint is kept"

    /// The same line, for Foundation.
    public var errorDescription: String? { description }

    /// `.otherRecipe`, unless the essential settings of both recipes are the same. Keys that only one of them has follow
    /// from another choice, such as the method's name, and are named only if no other key differs.
    static func requireSame(
        _ found: [RecipeEntry], as wanted: [RecipeEntry], path: String, advice: String
    ) throws {
        let all = found.differences(from: wanted)
        guard !all.isEmpty else { return }
        let inBoth = all.filter { $0.value != nil && $0.otherValue != nil }
        let differences = (inBoth.isEmpty ? all : inBoth).map { key, value, otherValue in
            "\(key) (\(value ?? "absent") there, \(otherValue ?? "absent") here)"
        }
        throw TrainingError.otherRecipe(path: path, differences: differences, advice: advice)
    }
}
