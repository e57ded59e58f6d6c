import NeuralNetworks

/// A network by its name in recipes and on the command line.
public enum ModelName: Hashable, Sendable, LosslessStringConvertible {
    /// `wrn-D-W`: a wide residual network of depth D and width W.
    case wideResNet(depth: Int, width: Int)
    /// `resnet-L`: a residual network of L layers.
    case resNet(ResNetConfiguration.Layers)

    /// What names look like.
    public static let forms = "wrn-DEPTH-WIDTH such as wrn-28-2, or resnet-18, resnet-34 or resnet-50"

    /// Nil for a text that names no network.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        switch (parts.first, parts.dropFirst().map { Int($0) }) {
        case ("wrn", let numbers) where numbers.count == 2:
            guard let depth = numbers[0], let width = numbers[1] else { return nil }
            self = .wideResNet(depth: depth, width: width)
        case ("resnet", let numbers) where numbers.count == 1:
            guard let layers = numbers[0].flatMap(ResNetConfiguration.Layers.init) else { return nil }
            self = .resNet(layers)
        default:
            return nil
        }
    }

    /// The name.
    public var description: String {
        switch self {
        case .wideResNet(let depth, let width): "wrn-\(depth)-\(width)"
        case .resNet(let layers): "resnet-\(layers.rawValue)"
        }
    }

    /// The network that it names.
    ///
    /// - Parameters:
    ///   - flavour: of a wide residual network.
    ///   - stem: of another.
    func network(
        _ form: ClassifierForm, flavour: WideResNetConfiguration.Flavour = .daso,
        stem: ResNetConfiguration.Stem = .large
    ) -> NetworkConfiguration {
        switch self {
        case .wideResNet(let depth, let width):
            .wideResNet(WideResNetConfiguration(depth: depth, width: width, flavour: flavour, form: form))
        case .resNet(let layers):
            .resNet(ResNetConfiguration(layers, stem: stem, form: form))
        }
    }
}
