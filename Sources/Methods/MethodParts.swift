import Foundation
import Tensors

/// What can be chosen of one part of a method: its options in recipes, and how it is made from them.
package protocol MethodPart: Codable, Hashable, Sendable {
    /// The names of its options in recipes. No two parts that can be composed share one.
    associatedtype CodingKeys: CodingKey & CaseIterable

    /// The part's name in recipes.
    static var name: String { get }

    /// What it needs from the loop.
    var requirements: MethodRequirements { get }

    /// The defaults.
    init()

    /// - Throws: `MethodError.invalidOption`.
    func validate() throws
}

/// The options of a base method.
package protocol BasePart: MethodPart {
    /// Whether the labelled images keep their labels, so that a loss can be chosen for them.
    static var usesLabelledLoss: Bool { get }

    /// The base before its first step.
    func makeBase(at site: MethodSite) throws -> any BaseMethod
}

/// The options of a labelled images' loss.
package protocol LabelledLossPart: MethodPart {
    /// The loss before its first step.
    func makeLoss(at site: MethodSite) throws -> any LabelledLoss
}

/// The options of a rebalancer.
package protocol RebalancerPart: MethodPart {
    /// The names of the bases that it makes sense on.
    static var bases: Set<String> { get }

    /// The names of the rebalancers that may stand beside it.
    static var companions: Set<String> { get }

    /// The rebalancer before its first step.
    func makeRebalancer(at site: MethodSite) throws -> any Rebalancer
}

extension MethodPart {
    package var requirements: MethodRequirements { MethodRequirements() }

    /// The options that a JSON object has, by their names in recipes, and the defaults for the rest.
    ///
    /// - Throws: `DecodingError` for a value of the wrong type.
    package init(overridingDefaultsBy json: Data) throws {
        let defaults = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Self())) as? [String: Any]
        let given = try JSONSerialization.jsonObject(with: json) as? [String: Any]
        let all = (defaults ?? [:]).merging(given ?? [:]) { _, given in given }
        self = try JSONDecoder().decode(Self.self, from: JSONSerialization.data(withJSONObject: all))
    }
}

extension BasePart {
    package static var usesLabelledLoss: Bool { true }
}

extension RebalancerPart {
    package static var companions: Set<String> { [] }
}

/// All that recipes can name: one line a method.
package enum MethodRegistry {
    /// `method.base`.
    package static let bases: [any BasePart.Type] = [
        SupervisedOptions.self,
        PseudoLabellingOptions.self,
        MeanTeacherOptions.self,
        MixMatchOptions.self,
        ReMixMatchOptions.self,
        FixMatchOptions.self,
        FreeMatchOptions.self,
        SoftMatchOptions.self,
        USADTMOptions.self,
    ]

    /// `method.loss`.
    package static let losses: [any LabelledLossPart.Type] = [
        CrossEntropyOptions.self,
        LogitAdjustedOptions.self,
        BalancedSoftmaxOptions.self,
        ClassBalancedOptions.self,
        LabelDistributionAwareMarginOptions.self,
        GeneralizedCrossEntropyOptions.self,
        LogitAdjustedGeneralizedCrossEntropyOptions.self,
        SymmetricCrossEntropyOptions.self,
        MeanAbsoluteErrorOptions.self,
        SuperLossOptions.self,
        EarlyLearningRegularizationOptions.self,
    ]

    /// `method.rebalance`.
    package static let rebalancers: [any RebalancerPart.Type] = [
        DASOOptions.self,
        BalancedClassifierOptions.self,
        ADELLOOptions.self,
        UDALOptions.self,
        DebiasPLOptions.self,
        CReSTOptions.self,
        DARPOptions.self,
        SAWOptions.self,
        AdshOptions.self,
        AdaptiveConsistencyOptions.self,
        TransferAndShareOptions.self,
        BalancedMemoryBankOptions.self,
        CoSSLOptions.self,
    ]

    /// `pretraining.method`.
    package static let selfSupervision: [any SelfSupervisionPart.Type] = [
        SimCLROptions.self,
        BarlowTwinsOptions.self,
        SimSiamOptions.self,
        BYOLOptions.self,
        MoCoOptions.self,
    ]

    /// Every part there is.
    package static var allParts: [any MethodPart.Type] { bases + losses + rebalancers + selfSupervision }
}
