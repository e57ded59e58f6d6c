import NeuralNetworks
import TensorFiles
import Tensors

/// A file of weights that a network starts from: safetensors with the names and layouts that PyTorch code bases have,
/// such as torchvision's ResNets, or a checkpoint, of which the moving average counts.
struct InitialWeights: Sendable {
    /// Where it is.
    let path: String

    init(path: String) {
        self.path = path
    }

    /// Gives the weights to a learner before its first step. Heads that the file does not have, or has for other classes,
    /// keep their first values; those that the network does not have are left out.
    ///
    /// - Returns: what a person should know: which heads begin anew; nil if none does.
    /// - Throws: `FileError`; `NetworkError.stateMismatch` if the encoder's tensors are not those of the network.
    func start(_ learner: any StageLearner) throws -> String? {
        let file = try Safetensors(contentsOf: path) { $0.hasSuffix("num_batches_tracked") }
        let average = file.tensors.part(StatePrefix.average)
        var weights = average.isEmpty ? file.tensors : average

        let network = learner.student
        let fresh = try network.tensors.stateDictionary().filter { network.heads.parameterNames.contains($0.key) }
        let anew = fresh.filter { weights[$0.key]?.shape != $0.value.shape }
        weights.merge(anew) { _, fresh in fresh }
        weights = weights.filter { fresh[$0.key] != nil || !ClassifierHeads.isOptional($0.key) }
        try learner.start(from: weights)
        return anew.isEmpty
            ? nil : "\(anew.keys.sorted().joined(separator: ", ")) of \(path) do not fit; they begin anew"
    }
}
