import Tensors

/// Which network of all that there are.
public enum NetworkConfiguration: Hashable, Sendable {
    /// For small images.
    case wideResNet(WideResNetConfiguration)
    /// For large images.
    case resNet(ResNetConfiguration)

    /// What it is made for.
    public var form: ClassifierForm {
        switch self {
        case .wideResNet(let configuration): configuration.form
        case .resNet(let configuration): configuration.form
        }
    }

    /// A network with first values drawn from `seed`, the same bits on every backend.
    ///
    /// - Throws: `NetworkError.invalidConfiguration`; `TensorError.outOfMemory`.
    public func makeNetwork(seed: UInt64, on backend: any Backend) throws -> any ImageClassifier {
        switch self {
        case .wideResNet(let configuration): try WideResNet(configuration, seed: seed, on: backend)
        case .resNet(let configuration): try ResNet(configuration, seed: seed, on: backend)
        }
    }
}
