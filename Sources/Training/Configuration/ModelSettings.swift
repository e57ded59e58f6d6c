import NeuralNetworks

/// `model.*`: which network.
public struct ModelSettings: Sendable {
    /// `wrn-D-W`: a wide residual network of depth D and width W.
    public let name: String
    /// D.
    public let depth: Int
    /// W.
    public let width: Int
    /// `model.flavour`: the code base whose details are followed.
    public let flavour: WideResNetConfiguration.Flavour

    init(_ reader: inout RecipeReader) throws {
        name = try reader.text("model.name", example: "wrn-10-1")
        flavour = try reader.choice("model.flavour", default: .daso)
        guard let (depth, width) = Self.parse(name) else {
            throw reader.invalid("model.name", "must be wrn-DEPTH-WIDTH such as wrn-28-2, not \"\(name)\"")
        }
        (self.depth, self.width) = (depth, width)
        do {
            try WideResNetConfiguration(depth: depth, width: width, inputChannels: 1, classes: 2).validate()
        } catch NetworkError.invalidConfiguration(let problem) {
            throw reader.invalid("model.name", "is \(name): \(problem)")
        }
    }

    /// Depth and width of `wrn-DEPTH-WIDTH`; nil for any other text.
    public static func parse(_ name: String) -> (depth: Int, width: Int)? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "wrn", let depth = Int(parts[1]), let width = Int(parts[2]) else {
            return nil
        }
        return (depth, width)
    }
}
