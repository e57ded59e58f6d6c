import Tensors

/// Learning from the labelled images alone: the baseline of every comparison.
package final class Supervised: BaseMethod {
    /// One term: `supervised`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        ([try step.supervisedTerm()], nil)
    }
}

/// ``Supervised`` has nothing to choose but its loss.
public struct SupervisedOptions: BasePart {
    /// The name in recipes.
    public static let name = "supervised"

    /// There is nothing to give.
    public init() {}

    /// There is none.
    public enum CodingKeys: CodingKey, CaseIterable {}

    /// Nothing can be wrong.
    public func validate() throws {}

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { Supervised() }
}
