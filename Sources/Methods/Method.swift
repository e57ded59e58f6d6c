import NeuralNetworks
import Tensors

/// A learning method: from model outputs to a loss, and the state it keeps from step to step.
public protocol Method: AnyObject {
    /// What it needs from the loop.
    var requirements: MethodRequirements { get }

    /// The losses of one step, recorded on `tape`; updates the method's own state.
    func step(_ inputs: StepInputs, on tape: Tape) throws -> StepOutputs

    /// What the teacher predicts of all unlabelled images, wherever the requirements ask for it.
    ///
    /// - Throws: `MethodError.invalidInput` if it is of other classes.
    func receive(_ predictions: UnlabelledPredictions) throws

    /// What the teacher predicts in the mean, wherever the requirements ask for it.
    ///
    /// - Throws: `MethodError.invalidInput` if it is of other classes.
    func receive(_ predictions: MeanPredictions) throws

    /// Everything kept from step to step, by name: what a checkpoint holds. Reads the device.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `MethodError.invalidState` if a name or a shape does not fit.
    func restore(_ state: [String: HostTensor]) throws
}

/// What a method needs from the training loop.
public struct MethodRequirements: Hashable, Sendable {
    /// Weakly augmented views of each unlabelled image: 0, 1 or 2.
    public var weakViews = 0
    /// Strongly augmented views of each unlabelled image: 0, 1 or 2.
    public var strongViews = 0
    /// The moving-average teacher's features of the labelled images, its batch normalization in training mode (batch
    /// statistics, and its running statistics move): so DASO's code has it.
    public var usesTeacherFeatures = false
    /// The moving-average teacher's logits and features of the weak view, likewise.
    public var usesTeacherLogits = false
    /// After every so many steps, ``Method/receive(_:)`` is to be given what the moving-average teacher in inference mode
    /// predicts of all unlabelled images, not augmented; nil for never. After step s if `(s + 1)` is a multiple, before a
    /// checkpoint of that step is written.
    public var unlabelledPredictionPeriod: Int?
    /// When ``Method/receive(_:)`` is to be given what the moving-average teacher in inference mode predicts in the mean of
    /// the validation images of each class and of all unlabelled ones, not augmented; nil for never. Before a checkpoint of
    /// that step is written.
    public var meanPredictions: MeanPredictionSchedule?
    /// A second linear head on the same features, which is the one that predicts in evaluation.
    public var usesAuxiliaryHead = false
    /// A ``BalancedBatch`` with as many labelled images as the ordinary labelled batch has.
    public var usesBalancedBatch = false
    /// A head on the same features that tells by how many quarter turns the first strong view was rotated.
    public var usesRotationHead = false
    /// How images are mixed before the network sees them; nil for not at all.
    public var mixing: MixingRequirements?
    /// Where images are mixed: the views that the network must see unmixed too, with gradient. (Where they are not, it
    /// sees all views as they are.)
    public var unmixedViews: Set<ImageView> = []

    /// Nothing but labelled images.
    public init() {}

    /// One weak and one strong view of unlabelled images.
    static let weakAndStrong: Self = {
        var requirements = Self()
        requirements.weakViews = 1
        requirements.strongViews = 1
        return requirements
    }()

    /// What either needs.
    func union(_ other: Self) -> Self {
        var union = self
        union.weakViews = max(weakViews, other.weakViews)
        union.strongViews = max(strongViews, other.strongViews)
        union.usesTeacherFeatures = usesTeacherFeatures || other.usesTeacherFeatures
        union.usesTeacherLogits = usesTeacherLogits || other.usesTeacherLogits
        union.usesAuxiliaryHead = usesAuxiliaryHead || other.usesAuxiliaryHead
        union.usesBalancedBatch = usesBalancedBatch || other.usesBalancedBatch
        union.unlabelledPredictionPeriod =
            [unlabelledPredictionPeriod, other.unlabelledPredictionPeriod].compactMap { $0 }.min()
        union.meanPredictions = meanPredictions ?? other.meanPredictions
        union.usesRotationHead = usesRotationHead || other.usesRotationHead
        union.mixing = mixing ?? other.mixing
        union.unmixedViews = unmixedViews.union(other.unmixedViews)
        return union
    }

    /// Views of each unlabelled image.
    public var unlabelledViews: Int { weakViews + strongViews }
}
