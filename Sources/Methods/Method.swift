import NeuralNetworks
import Tensors

/// What the model says of one view of the images.
public struct ViewOutputs {
    /// `[N, K]`.
    public var logits: Variable
    /// `[N, D]`.
    public var features: Variable
    /// `[N, K]` of the auxiliary head, where the method has asked for one.
    public var auxiliaryLogits: Variable?

    /// One view's outputs.
    public init(logits: Variable, features: Variable, auxiliaryLogits: Variable? = nil) {
        self.logits = logits
        self.features = features
        self.auxiliaryLogits = auxiliaryLogits
    }
}

/// All that a method sees of one training step. It sees model outputs, never images.
public struct StepInputs {
    /// The 0-based step.
    public var step: Int
    /// The classes of the labelled rows, `[B]`, on the host.
    public var labels: [Int32]
    /// The labelled images' weak view, B rows.
    public var labelled: ViewOutputs
    /// The unlabelled images' weak view, Bu rows; nil for supervised methods.
    public var weak: ViewOutputs?
    /// The unlabelled images' strong view, the same images in the same order.
    public var strong: ViewOutputs?
    /// `[B, D]`: the moving-average teacher's features of the labelled images, where the method has asked for them.
    public var teacherFeatures: Tensor?
    /// Uniform numbers in [0, 1): `draw(name, count)` gives `[count]`. Named (`labelled`, `weak`: for which rows), so that
    /// golden vectors can supply them; a name is drawn once a step.
    public var draw: (_ name: String, _ count: Int) throws -> Tensor

    /// One step's inputs.
    public init(
        step: Int, labels: [Int32], labelled: ViewOutputs, weak: ViewOutputs? = nil, strong: ViewOutputs? = nil,
        teacherFeatures: Tensor? = nil, draw: @escaping (_ name: String, _ count: Int) throws -> Tensor
    ) {
        self.step = step
        self.labels = labels
        self.labelled = labelled
        self.weak = weak
        self.strong = strong
        self.teacherFeatures = teacherFeatures
        self.draw = draw
    }
}

/// What a method makes of one step.
public struct StepOutputs {
    /// The loss to minimise, `[1]`.
    public var total: Variable
    /// The parts of the loss by name (`supervised`, `unsupervised`, …), each `[1]`, for the log. Still on the device.
    public var terms: [(name: String, value: Tensor)]
    /// The unlabelled rows' hard pseudo-labels, int32 `[Bu]`.
    public var pseudoLabels: Tensor?
    /// 1 where a pseudo-label is used, else 0, `[Bu]`.
    public var mask: Tensor?

    /// One step's results.
    public init(
        total: Variable, terms: [(name: String, value: Tensor)], pseudoLabels: Tensor? = nil, mask: Tensor? = nil
    ) {
        self.total = total
        self.terms = terms
        self.pseudoLabels = pseudoLabels
        self.mask = mask
    }
}

/// What a method needs from the training loop.
public struct MethodRequirements: Hashable, Sendable {
    /// Unlabelled images, each with a weak and a strong view.
    public var usesUnlabelledImages: Bool
    /// The moving-average teacher's features of the labelled images, its batch normalization in training mode (batch
    /// statistics, and its running statistics move): so DASO's code has it.
    public var usesTeacherFeatures: Bool
    /// A second linear head on the same features, which is the one that predicts in evaluation.
    public var usesAuxiliaryHead: Bool

    /// Declares what is needed.
    public init(
        usesUnlabelledImages: Bool = false, usesTeacherFeatures: Bool = false, usesAuxiliaryHead: Bool = false
    ) {
        self.usesUnlabelledImages = usesUnlabelledImages
        self.usesTeacherFeatures = usesTeacherFeatures
        self.usesAuxiliaryHead = usesAuxiliaryHead
    }
}

/// A learning method: from model outputs to a loss, and the state it keeps from step to step.
public protocol Method: AnyObject {
    /// What it needs from the loop.
    var requirements: MethodRequirements { get }

    /// The losses of one step, recorded on `tape`; updates the method's own state.
    func step(_ inputs: StepInputs, on tape: Tape) throws -> StepOutputs

    /// Everything kept from step to step, by name: what a checkpoint holds. Reads the device.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `MethodError.invalidState` if a name or a shape does not fit.
    func restore(_ state: [String: HostTensor]) throws
}
