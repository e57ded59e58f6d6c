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
///
/// What follows `labelled` is there if the method's requirements ask for it.
public struct StepInputs {
    /// The 0-based step.
    public var step: Int
    /// The classes of the labelled rows, `[B]`, on the host.
    public var labels: [Int32]
    /// Which labelled images the B rows are: positions among all labelled images.
    public var labelledIndices: [Int32] = []
    /// The labelled images' weak view, B rows; for methods that mix images, the B mixed rows that come from them.
    public var labelled: ViewOutputs
    /// For methods that mix images: the labelled images' weak view as it is, B rows.
    public var unmixedLabelled: ViewOutputs?
    /// Which unlabelled images the Bu rows are: positions among all unlabelled images.
    public var unlabelledIndices: [Int32] = []
    /// Which of the Bu rows are labelled images that were added to the unlabelled ones; empty where none was.
    public var isLabelledCopy: [Bool] = []
    /// The unlabelled images' weak view, Bu rows; nil for supervised methods.
    public var weak: ViewOutputs?
    /// Another weak view of the same images in the same order.
    public var secondWeak: ViewOutputs?
    /// The unlabelled images' strong view, the same images in the same order.
    public var strong: ViewOutputs?
    /// Another strong view of the same images in the same order.
    public var secondStrong: ViewOutputs?
    /// `[B, D]`: the moving-average teacher's features of the labelled images.
    public var teacherFeatures: Tensor?
    /// `[Bu, K]`: the moving-average teacher's logits of the weak view.
    public var teacherLogits: Tensor?
    /// `[Bu, D]`: the features that these logits come from.
    public var teacherWeakFeatures: Tensor?
    /// A class-balanced batch of labelled images as the moving-average teacher sees it; computed each time it is asked for.
    public var balancedBatch: (() throws -> BalancedBatch)?
    /// The other mixed rows, M − B, which come from the unlabelled images' views, in the batch's order.
    public var mixed: ViewOutputs?
    /// How the rows were mixed.
    public var mixing: Mixing?
    /// The rotation head's logits `[Bu, 4]` of the first strong view turned, and by how many quarter turns each row was.
    public var rotation: (logits: Variable, labels: [Int32])?
    /// The auxiliary head's parameters, `[K, D]` and `[K]`.
    public var auxiliaryHead: (weight: Variable, bias: Variable)?
    /// Uniform numbers in [0, 1): `draw(name, count)` gives `[count]`. Named (`labelled`, `weak`: for which rows), so that
    /// golden vectors can supply them; a name is drawn once a step.
    public var draw: (_ name: String, _ count: Int) throws -> Tensor
    /// Rows drawn in proportion to weights, on the host; named like ``draw``.
    public var drawRows: (_ name: String, _ draw: RowDraw) throws -> [Int] = { name, _ in
        throw MethodError.invalidInput(name: name, problem: "is missing; the loop draws no rows")
    }

    /// One step's inputs of which nothing but the labelled images is there yet.
    public init(
        step: Int, labels: [Int32], labelled: ViewOutputs,
        draw: @escaping (_ name: String, _ count: Int) throws -> Tensor
    ) {
        self.step = step
        self.labels = labels
        self.labelled = labelled
        self.draw = draw
    }
}

extension StepInputs {
    /// The labels on the device, int32 `[B]`.
    ///
    /// - Throws: `MethodError.invalidInput` if there are not as many as labelled rows, or one is not a class.
    func uploadedLabels(classes: Int, on backend: any Backend) throws -> Tensor {
        guard labels.count == labelled.logits.shape.rows else {
            throw MethodError.invalidInput(
                name: "labels", problem: "has \(labels.count) entries for \(labelled.logits.shape.rows) labelled rows")
        }
        if let stray = labels.first(where: { !(0..<classes).contains(Int($0)) }) {
            throw MethodError.invalidInput(
                name: "labels", problem: "has \(stray), which is none of the \(classes) classes")
        }
        return try backend.tensor(labels, try Shape([labels.count]))
    }

    /// The outputs of the weak view of the unlabelled images.
    ///
    /// - Throws: `MethodError.invalidInput` if it is missing.
    func weakView() throws -> ViewOutputs {
        guard let weak else {
            throw MethodError.invalidInput(name: "weak", problem: "is missing; the method needs unlabelled images")
        }
        return weak
    }

    /// How the rows were mixed, and the outputs of those that do not come from labelled images.
    ///
    /// - Throws: `MethodError.invalidInput` if they are missing or not as many as were mixed.
    func mixedRows() throws -> (mixing: Mixing, mixed: ViewOutputs) {
        guard let mixing, let mixed else {
            throw MethodError.invalidInput(name: "mixed", problem: "is missing; the method needs mixed images")
        }
        guard mixing.permutation.count == labels.count + mixed.logits.shape.rows else {
            throw MethodError.invalidInput(
                name: "mixed",
                problem: "has \(mixed.logits.shape.rows) rows beside \(labels.count) labelled ones, of "
                    + "\(mixing.permutation.count) mixed")
        }
        return (mixing, mixed)
    }

    /// The outputs of the weak view and of one or two strong views of the unlabelled images.
    ///
    /// - Throws: `MethodError.invalidInput` if one is missing or they are not of the same images.
    func unlabelledViews() throws -> (weak: ViewOutputs, strong: [ViewOutputs]) {
        guard let weak, let strong else {
            throw MethodError.invalidInput(name: "weak, strong", problem: "is missing; the method needs both views")
        }
        let views = [strong] + (secondStrong.map { [$0] } ?? [])
        if let other = views.first(where: { $0.logits.shape != weak.logits.shape }) {
            throw MethodError.invalidInput(
                name: "weak, strong",
                problem: "has logits \(weak.logits.shape) and \(other.logits.shape); all views are of the same images")
        }
        return (weak, views)
    }

    /// The auxiliary head's parameters.
    ///
    /// - Throws: `MethodError.invalidInput` if they are missing.
    func requireAuxiliaryHead() throws -> (weight: Variable, bias: Variable) {
        guard let auxiliaryHead else {
            throw MethodError.invalidInput(
                name: "auxiliary head", problem: "is missing; give the head's weight and bias")
        }
        return auxiliaryHead
    }

    /// The auxiliary head's logits of the labelled images, not mixed, and of the weak and the strong views of the unlabelled
    /// ones.
    ///
    /// - Throws: `MethodError.invalidInput` if some are missing.
    func auxiliaryLogits() throws -> (labelled: Variable, weak: Tensor, strong: [Variable]) {
        let (weak, strong) = try unlabelledViews()
        let unmixed = mixing == nil ? labelled : unmixedLabelled
        guard let labelledLogits = unmixed?.auxiliaryLogits, let weakLogits = weak.auxiliaryLogits,
            case let strongLogits = strong.compactMap(\.auxiliaryLogits), strongLogits.count == strong.count
        else {
            throw MethodError.invalidInput(
                name: "auxiliary logits", problem: "is missing; build the network with an auxiliary head")
        }
        return (labelledLogits, weakLogits.value, strongLogits)
    }
}
