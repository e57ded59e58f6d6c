/// What any network is made for, whatever its layers: the images it reads, the classes it tells apart, its heads, and how
/// it stores activations.
public struct ClassifierForm: Hashable, Sendable {
    /// Channels of the images.
    public var inputChannels: Int
    /// Classes to tell apart.
    public var classes: Int
    /// Whether there is a second linear head on the same features.
    public var auxiliaryHead: Bool
    /// Whether there is a head on the same features that tells quarter turns of an image apart.
    public var rotationHead: Bool
    /// How activations are stored.
    public var precision: Precision

    /// Describes a form.
    public init(
        inputChannels: Int, classes: Int, auxiliaryHead: Bool = false, rotationHead: Bool = false,
        precision: Precision = .single
    ) {
        self.inputChannels = inputChannels
        self.classes = classes
        self.auxiliaryHead = auxiliaryHead
        self.rotationHead = rotationHead
        self.precision = precision
    }

    /// - Throws: `NetworkError.invalidConfiguration` saying what to change.
    public func validate() throws {
        guard inputChannels >= 1 else {
            throw NetworkError.invalidConfiguration(problem: "images have at least one channel, not \(inputChannels)")
        }
        guard classes >= 2 else {
            throw NetworkError.invalidConfiguration(
                problem: "a classifier tells at least two classes apart, not \(classes)")
        }
    }
}
