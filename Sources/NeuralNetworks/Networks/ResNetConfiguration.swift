/// Which residual network for large images: how many layers, how it begins, and what it is made for.
public struct ResNetConfiguration: Hashable, Sendable {
    /// The number of layers in the network's name.
    public enum Layers: Int, Hashable, Sendable, CaseIterable {
        case eighteen = 18
        case thirtyFour = 34
        case fifty = 50

        /// Blocks in each of the four stages. Source: He et al., CVPR 2016, table 1.
        var blocks: [Int] { self == .eighteen ? [2, 2, 2, 2] : [3, 4, 6, 3] }

        var blockKind: BlockKind { self == .fifty ? .bottleneck : .basic }
    }

    /// What its blocks are.
    enum BlockKind: Hashable, Sendable {
        case basic
        case bottleneck

        /// Output channels for one of the 3×3 convolutions.
        var expansion: Int { self == .bottleneck ? 4 : 1 }
    }

    /// How the network begins.
    public enum Stem: String, Hashable, Sendable, CaseIterable {
        /// 7×7 of stride 2, then max pooling of stride 2: for images of 64 pixels and more.
        case large
        /// 3×3 of stride 1 and no pooling, as usual for CIFAR: for images of 32 pixels, and at 64 for more detail at 16
        /// times the work.
        case small
    }

    /// How many layers.
    public var layers: Layers
    /// How it begins.
    public var stem: Stem
    /// What it is made for.
    public var form: ClassifierForm

    /// Describes a network.
    public init(_ layers: Layers, stem: Stem = .large, form: ClassifierForm) {
        self.layers = layers
        self.stem = stem
        self.form = form
    }

    /// D: 512, or 2048 for 50 layers.
    var featureWidth: Int { 512 * layers.blockKind.expansion }
}
