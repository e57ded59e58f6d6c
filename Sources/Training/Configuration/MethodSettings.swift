import Methods

/// `method.*`: how is learned. `method.base` names the scheme, `method.loss` the loss of the labelled images and
/// `method.rebalance` what is done for rare classes (several with `+` between); each part has options of its own.
public struct MethodSettings: Sendable {
    let composition: MethodComposition

    /// The keys that name a method's parts.
    static let namingKeys: Set<String> = ["method.base", "method.loss", "method.rebalance"]

    /// A method with the options given.
    init(_ composition: MethodComposition) {
        self.composition = composition
    }

    init(_ reader: inout RecipeReader) throws {
        let baseName = try reader.choice("method.base", of: MethodRegistry.bases.map { $0.name })
        let lossName = try reader.choice(
            "method.loss", of: MethodRegistry.losses.map { $0.name }, default: CrossEntropyOptions.name)
        let rebalancerNames = try reader.choices("method.rebalance", of: MethodRegistry.rebalancers.map { $0.name })

        let bases = MethodRegistry.bases.filter { $0.name == baseName }
        let losses = MethodRegistry.losses.filter { $0.name == lossName }
        let rebalancers = rebalancerNames.flatMap { name in MethodRegistry.rebalancers.filter { $0.name == name } }
        // An unknown name has been refused, so there is a base and a loss.
        var base: any BasePart = SupervisedOptions()
        for part in bases { base = try reader.part(part) }
        var loss: any LabelledLossPart = CrossEntropyOptions()
        for part in losses { loss = try reader.part(part) }
        let parts = try rebalancers.map { try reader.part($0) }
        do {
            composition = try MethodComposition(base: base, loss: loss, rebalancers: parts)
        } catch MethodError.invalidOption(let name, let problem) {
            throw reader.invalid("method.\(name)", problem)
        }
    }
}

extension RecipeReader {
    fileprivate mutating func part(_ part: any BasePart.Type) throws -> any BasePart { try read(part) }
    fileprivate mutating func part(_ part: any LabelledLossPart.Type) throws -> any LabelledLossPart { try read(part) }
    fileprivate mutating func part(_ part: any RebalancerPart.Type) throws -> any RebalancerPart { try read(part) }

    private mutating func read<Part: MethodPart>(_ part: Part.Type) throws -> Part {
        try options("method", of: part)
    }
}
