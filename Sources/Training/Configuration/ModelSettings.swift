import NeuralNetworks

/// `model.*`: which network.
public struct ModelSettings: Sendable {
    /// `model.name`.
    public let name: ModelName
    /// `model.flavour`, for wide residual networks: the code base whose details are followed.
    private let flavour: WideResNetConfiguration.Flavour
    /// `model.stem`, for other residual networks: how they begin.
    private let stem: ResNetConfiguration.Stem
    /// `model.initial_weights`: what the network starts from; nil for values drawn from the seed.
    let initialWeights: InitialWeights?

    init(_ reader: inout RecipeReader) throws {
        let text = try reader.text("model.name", example: "wrn-10-1")
        guard let name = ModelName(text) else {
            throw reader.invalid("model.name", "must be \(ModelName.forms), not \"\(text)\"")
        }
        self.name = name
        switch name {
        case .wideResNet(let depth, let width):
            try Self.requireAbsent("model.stem", in: &reader, "is for resnet-18, resnet-34 and resnet-50")
            flavour = try reader.choice("model.flavour", default: .daso)
            stem = .large
            do {
                try WideResNetConfiguration(
                    depth: depth, width: width, form: ClassifierForm(inputChannels: 1, classes: 2)
                ).validate()
            } catch NetworkError.invalidConfiguration(let problem) {
                throw reader.invalid("model.name", "is \(name): \(problem)")
            }
        case .resNet:
            try Self.requireAbsent("model.flavour", in: &reader, "is for wide residual networks, wrn-DEPTH-WIDTH")
            flavour = .daso
            stem = try reader.choice("model.stem", default: .large)
        }
        initialWeights = try reader.optionalText("model.initial_weights", isEssential: false).map(InitialWeights.init)
    }

    private static func requireAbsent(_ key: String, in reader: inout RecipeReader, _ problem: String) throws {
        if reader.take(key) != nil { throw reader.invalid(key, problem) }
    }

    /// The network for what is asked of it.
    func network(_ form: ClassifierForm) -> NetworkConfiguration {
        name.network(form, flavour: flavour, stem: stem)
    }
}
