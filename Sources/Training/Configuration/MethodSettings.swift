import Methods
import Tensors

/// `method.*`: how is learned. Which options there are depends on `method.name`; each method names its own.
public enum MethodSettings: Sendable {
    case daso(DASOOptions)
    case fixMatch(FixMatchOptions)
    case supervised(SupervisedOptions)

    private enum Name: String, CaseIterable {
        case daso, fixmatch, supervised
    }

    init(_ reader: inout RecipeReader) throws {
        let name: Name = try reader.choice("method.name")
        self =
            switch name {
            case .daso:
                .daso(try reader.options("method", keys: DASOOptions.CodingKeys.self) { try $0.validate() })
            case .fixmatch:
                .fixMatch(try reader.options("method", keys: FixMatchOptions.CodingKeys.self) { try $0.validate() })
            case .supervised:
                .supervised(try reader.options("method", keys: SupervisedOptions.CodingKeys.self) { try $0.validate() })
            }
    }

    /// Whether the network needs a second head, which then predicts.
    var usesAuxiliaryHead: Bool {
        if case .daso(let options) = self { options.auxiliaryHead } else { false }
    }

    /// The method, ready for its first step.
    ///
    /// - Parameters:
    ///   - labelledCounts: the labelled images of each class.
    ///   - featureWidth: columns of the network's features.
    func makeMethod(labelledCounts: [Int], featureWidth: Int, on backend: any Backend) throws -> any Method {
        let prior = try ClassPrior(counts: labelledCounts)
        switch self {
        case .daso(let options):
            return try DASO(options, prior: prior, featureWidth: featureWidth, on: backend)
        case .fixMatch(let options):
            return try FixMatch(options, prior: prior, on: backend)
        case .supervised(let options):
            return try Supervised(options, prior: prior, on: backend)
        }
    }
}
