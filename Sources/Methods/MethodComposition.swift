import Tensors

/// A method as recipes declare it: a base, the loss of its labelled images, and what rebalances it.
package struct MethodComposition: Sendable {
    /// What is built on.
    package let base: any BasePart
    /// What the labelled images' loss is.
    package let loss: any LabelledLossPart
    /// What rebalances, in the order of its working.
    package let rebalancers: [any RebalancerPart]

    /// Whether nothing stands against imbalance: a base with cross entropy.
    package var isPlain: Bool { rebalancers.isEmpty && loss is CrossEntropyOptions }

    /// - Throws: `MethodError.invalidOption` if the parts do not go together.
    package init(
        base: any BasePart, loss: any LabelledLossPart = CrossEntropyOptions(), rebalancers: [any RebalancerPart] = []
    ) throws {
        self.base = base
        self.loss = loss
        self.rebalancers = rebalancers
        guard type(of: base).usesLabelledLoss || loss is CrossEntropyOptions else {
            throw MethodError.invalidOption(
                name: "loss",
                problem:
                    "is \(type(of: loss).name), but \(type(of: base).name) mixes labelled images with others, and for "
                    + "the soft labels that they then have there is only \(CrossEntropyOptions.name)")
        }
        let names = rebalancers.map { type(of: $0).name }
        for part in rebalancers.map({ type(of: $0) }) {
            let baseName = type(of: base).name
            guard part.bases.contains(baseName) else {
                throw MethodError.invalidOption(
                    name: "rebalance",
                    problem: "is \(part.name), which does not work on \(baseName); it works on "
                        + part.bases.sorted().joined(separator: ", "))
            }
            if names.filter({ $0 == part.name }).count > 1 {
                throw MethodError.invalidOption(name: "rebalance", problem: "has \(part.name) twice; name it once")
            }
            for other in rebalancers.map({ type(of: $0) })
            where other.name != part.name && !part.companions.contains(other.name)
                && !other.companions.contains(part.name)
            {
                throw MethodError.invalidOption(
                    name: "rebalance",
                    problem: "has \(part.name) and \(other.name), which both replace the same thing; choose one")
            }
        }
    }

    /// What all parts need from the loop.
    package var requirements: MethodRequirements {
        rebalancers.reduce(base.requirements.union(loss.requirements)) { $0.union($1.requirements) }
    }

    /// The method before its first step.
    ///
    /// - Throws: `MethodError.invalidOption`.
    package func makeMethod(at site: MethodSite) throws -> ComposedMethod {
        try base.validate()
        try loss.validate()
        for rebalancer in rebalancers { try rebalancer.validate() }
        return try ComposedMethod(
            requirements: requirements, base: base.makeBase(at: site), loss: loss.makeLoss(at: site),
            rebalancers: rebalancers.map { try $0.makeRebalancer(at: site) }, at: site)
    }
}
