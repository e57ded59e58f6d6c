import Tensors

/// How a network's activations and their gradients are stored. Arithmetic, parameters, statistics, losses and optimizer
/// are float32 in either case.
public enum Precision: String, Hashable, Sendable, Codable, CaseIterable {
    /// float32.
    case single
    /// float16 between the images and the pooled features: half the memory, and half the bytes that move.
    /// Source: Micikevicius et al., "Mixed precision training", ICLR 2018.
    case mixed

    /// What activations hold.
    public var activations: ElementType { self == .mixed ? .float16 : .float32 }

    /// What the loss is multiplied by before the backward pass, and parameters' gradients are divided by after it.
    ///
    /// A mean over images and pixels has small gradients: 10⁻⁴ and less for each activation, where float16 has few digits
    /// or none (below 6·10⁻⁵, or 6·10⁻⁸). Multiplied by 1024 they lie in the middle of its range, with room on both sides.
    /// A constant, because nothing then has to be looked for, decided or kept: a step is the same function of the same
    /// state, and waits for nothing. A power of two, because multiplying by it rounds nothing.
    public var lossScale: Float { self == .mixed ? 1024 : 1 }
}
