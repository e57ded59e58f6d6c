import Datasets
import Foundation
import TensorFiles
import Tensors

/// The whole state of a run after a number of steps, as a safetensors file.
///
/// Tensors: `model.*` the student and `ema.*` the teacher, under PyTorch's names and in its layouts; `optimizer.*`;
/// `method.*`; those of other stages in their learners. Metadata: `format`, `step`, `recipe` (canonical YAML) and
/// `balanced_accuracies` of the evaluations so far (JSON). There are no times, paths or device names in it: equal runs
/// write equal bytes.
///
///     from safetensors.torch import load_file
///     tensors = load_file("final.safetensors")
///     state = {name[4:]: tensor for name, tensor in tensors.items() if name.startswith("ema.")}
struct Checkpoint {
    /// Steps done.
    let step: Int
    /// The settings that the run has.
    let recipe: Recipe
    /// The balanced accuracy of each evaluation so far.
    let history: EvaluationHistory
    /// ``StageLearner/state()``, and the training set where it is no longer the first one.
    let state: [String: HostTensor]

    private enum Key {
        static let format = "format"
        static let step = "step"
        static let recipe = "recipe"
        static let history = "balanced_accuracies"
    }

    private static let format = "equipoise checkpoint 1"

    init(step: Int, recipe: Recipe, history: EvaluationHistory, state: [String: HostTensor]) {
        self.step = step
        self.recipe = recipe
        self.history = history
        self.state = state
    }

    /// Reads a checkpoint.
    ///
    /// - Throws: `FileError` for a file that cannot be read or is damaged; `TrainingError.notACheckpoint` for a
    ///   safetensors file of something else.
    init(contentsOf path: String) throws {
        try self.init(Safetensors(contentsOf: path), path: path)
    }

    /// Reads a checkpoint that is already in memory; `path` is for messages.
    init(_ file: Safetensors, path: String) throws {
        func metadata(_ key: String) throws -> String {
            guard let value = file.metadata[key] else {
                throw TrainingError.notACheckpoint(path: path, problem: "its metadata has no \"\(key)\"")
            }
            return value
        }
        let format = try metadata(Key.format)
        guard format == Self.format else {
            throw TrainingError.notACheckpoint(
                path: path, problem: "its format is \"\(format)\", not \"\(Self.format)\"")
        }
        guard let step = Int(try metadata(Key.step)), step > 0,
            let history = try? JSONDecoder().decode([Double].self, from: Data(try metadata(Key.history).utf8))
        else { throw TrainingError.notACheckpoint(path: path, problem: "its step or its history cannot be read") }
        self.step = step
        self.history = EvaluationHistory(history)
        recipe = try Recipe(yaml: try metadata(Key.recipe), name: path)
        // The classes decide how many images a step has, not how many steps there are.
        let steps = StagePlan(recipe, classes: 1).steps
        guard step <= steps else {
            throw TrainingError.notACheckpoint(
                path: path, problem: "it is of step \(step), but its recipe's run has \(steps)")
        }
        state = file.tensors
    }

    /// What the run learns from after this step.
    ///
    /// - Throws: `DatasetError.invalid` if the file's training set is not one of these images.
    func trainingSet(of data: TrainingData) throws -> TrainingSet {
        try TrainingSet(state: state.part(StatePrefix.trainingSet), of: data.train) ?? data.initialSet
    }

    /// The file's bytes.
    ///
    /// - Throws: `TrainingError.notFinite` if a tensor holds an infinite number or none: such a state is not worth
    ///   keeping, and must not push out the last good one.
    func encoded() throws -> Data {
        for (name, tensor) in state.sorted(by: { $0.key < $1.key }) where tensor.elementType == .float32 {
            guard tensor.floats.allSatisfy(\.isFinite) else {
                throw TrainingError.notFinite(
                    what: "the tensor \(name)", step: step,
                    advice: TrainingError.adviceForDivergence)
            }
        }
        let history = try JSONEncoder.sortedLines.encode(history.values)
        return try Safetensors(
            tensors: state,
            metadata: [
                Key.format: Self.format, Key.step: String(step), Key.recipe: recipe.essentialYAML,
                Key.history: String(decoding: history, as: UTF8.self),
            ]
        ).encoded()
    }
}
