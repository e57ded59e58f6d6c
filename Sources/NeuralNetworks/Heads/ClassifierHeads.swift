/// The linear heads on a network's features, described.
public struct ClassifierHeads: Hashable, Sendable {
    /// The head that predicts.
    public let classifier: Linear
    /// `auxiliary_classifier`: a second head on the same features, for methods that ask for one.
    public let auxiliary: Linear?
    /// `rotation_classifier`: by how many quarter turns an image was rotated, for methods that ask it.
    public let rotation: Linear?

    /// The heads of a form.
    ///
    /// - Parameter name: the classifier's name in files; code bases differ in it.
    init(_ name: String, featureWidth: Int, of form: ClassifierForm) {
        classifier = Linear(name, from: featureWidth, to: form.classes)
        auxiliary = form.auxiliaryHead ? Linear(Self.auxiliaryName, from: featureWidth, to: form.classes) : nil
        rotation = form.rotationHead ? Linear(Self.rotationName, from: featureWidth, to: 4) : nil
    }

    private static let auxiliaryName = "auxiliary_classifier"
    private static let rotationName = "rotation_classifier"

    /// Whether a tensor of this name belongs to a head that not every network has.
    public static func isOptional(_ tensor: String) -> Bool {
        [auxiliaryName, rotationName].contains { tensor.hasPrefix("\($0).") }
    }

    func declare(in declarations: inout NetworkDeclarations) {
        classifier.declare(in: &declarations)
        auxiliary?.declare(in: &declarations)
        rotation?.declare(in: &declarations)
    }

    /// The names of all their weights and biases: everything of a network that is not its encoder.
    public var parameterNames: Set<String> {
        [classifier, auxiliary, rotation].compactMap { $0?.parameterNames }.reduce(into: []) { $0.formUnion($1) }
    }
}
