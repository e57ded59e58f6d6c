import Tensors

/// Which wide residual network: `depth`-`width` as in WRN-28-2, and the details in which the published code bases differ.
public struct WideResNetConfiguration: Hashable, Sendable {
    /// The code base whose numbers are to be reproduced.
    public enum Flavour: String, Hashable, Sendable, Codable, CaseIterable {
        /// ytaek-oh/daso: standard pre-activation blocks, PyTorch's batch normalization defaults.
        case daso
        /// USB, TorchSSL and FixMatch-pytorch: a bias on the first convolution, slow running statistics, and a first
        /// block of stages 2 and 3 whose first convolution reads the raw input.
        case usb
    }

    /// Convolutions from images to classifier, shortcuts not counted: 6n + 4.
    public var depth: Int
    /// How many times wider than 16, 32, 64 channels.
    public var width: Int
    /// The details.
    public var flavour: Flavour
    /// What it is made for.
    public var form: ClassifierForm

    /// Describes a network.
    public init(depth: Int, width: Int, flavour: Flavour = .daso, form: ClassifierForm) {
        self.depth = depth
        self.width = width
        self.flavour = flavour
        self.form = form
    }

    /// - Throws: `NetworkError.invalidConfiguration` saying what to change.
    public func validate() throws {
        func require(_ condition: Bool, _ problem: String) throws {
            if !condition { throw NetworkError.invalidConfiguration(problem: problem) }
        }
        try require(
            depth >= 10 && depth <= 1000 && (depth - 4) % 6 == 0,
            "a wide ResNet has depth 10, 16, 22, 28, …, not \(depth)")
        try require((1...64).contains(width), "a wide ResNet's width is from 1 to 64, not \(width)")
        try form.validate()
    }

    /// n: blocks in each of the three stages.
    var blocksPerStage: Int { (depth - 4) / 6 }

    /// The slope of every activation below zero.
    let negativeSlope: Float = 0.1

    /// Whether the first convolution has a bias.
    var firstConvolutionHasBias: Bool { flavour == .usb }

    /// The weight of a new batch in the running statistics.
    var momentum: Float { flavour == .usb ? 0.001 : 0.1 }

    /// Added to the variance by all batch normalizations but the final one.
    let epsilon: Float = 1e-5

    /// Added to the variance by the final batch normalization.
    var finalEpsilon: Float { flavour == .usb ? 1e-3 : 1e-5 }

    /// Whether the first block of stage 1 activates its input before branch and shortcut part.
    /// USB's code does so only where the widths differ.
    var firstBlockActivatesInput: Bool { flavour == .daso || width > 1 }

    /// What the first convolution of the first block of stages 2 and 3 reads.
    /// In USB's code the activated input is computed there and then not used.
    var transitionReadsActivatedInput: Bool { flavour == .daso }
}
