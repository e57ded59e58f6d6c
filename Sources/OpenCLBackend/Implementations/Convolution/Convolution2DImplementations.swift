import Tensors

/// The tensors of one convolution or gradient.
struct Convolution2DOperands {
    /// The input; the output gradient for both gradients.
    var first: Tensor
    /// The filter; the input for the filter gradient.
    var second: Tensor
    /// What is added to the result before it is written, and shaped like it; nil for nothing, as for the filter gradient.
    let addend: Tensor?
    /// The output, the input gradient or the filter gradient.
    let result: Tensor
    /// How the input is normalised as it is read; nil for not at all. Only for a ``NormalizingConvolution``.
    var normalization: ChannelNormalization?
    /// Where the moments of the output go; nil for nowhere. Only for ``MomentGathering``.
    var moments: ChannelMoments?
    /// The sums to gather of the input gradient; nil for none. Only for ``GradientSumGathering``.
    var gradientSums: NormalizationGradientSums?

    /// The addend as kernels take it that include Convolution/Epilogue.h: without one, a tensor that is not read, and 0.
    var addendArguments: [KernelArgument] { [.tensor(addend ?? result), .int(addend == nil ? 0 : 1)] }

    /// The normalization as kernels take it that include Normalization/Normalization.h: without one, tensors that are not
    /// read, and 0.
    var normalizationArguments: [KernelArgument] {
        let tensors =
            (normalization ?? gradientSums?.normalization).map {
                [$0.scale, $0.shift, $0.statistics.mean, $0.statistics.inverseStandardDeviation]
            }
            ?? Array(repeating: first, count: 4)
        return tensors.map(KernelArgument.tensor)
            + [
                .float((normalization ?? gradientSums?.normalization)?.negativeSlope ?? 1),
                .int(normalization == nil ? 0 : 1),
            ]
    }

    /// What Convolution/WinogradEpilogue.h gathers of the result, in its order: without anything, tensors that are not
    /// touched, and 0.
    var gatheringArguments: [KernelArgument] {
        [
            .tensor(gradientSums?.input ?? first), .tensor(gradientSums?.chunks ?? moments?.chunks ?? result),
            .int(gradientSums != nil ? 2 : moments != nil ? 1 : 0),
        ]
    }
}

/// What the gradient of a batch normalization needs to know of a whole batch, gathered by the convolution's input gradient
/// that it begins with.
struct NormalizationGradientSums {
    /// What was normalised, and how.
    let input: Tensor
    let normalization: ChannelNormalization
    /// `[chunks, 2, C]`: sums of the gradients before the activation, and of their products with the normalised input.
    let chunks: Tensor
}

/// A convolution or filter gradient that applies `Convolution2DOperands.normalization` to pixels as it reads them.
protocol NormalizingConvolution: Implementation {}

/// A convolution that gathers the moments of its output as it writes it.
protocol MomentGathering: Implementation {
    /// Rows of the output, of `N · P · Q`, in each chunk but the last; nil where chunks would not be equally long.
    func rowsPerChunk(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Int?
}

/// An input gradient that gathers the sums of `Convolution2DOperands.gradientSums` as it is written.
protocol GradientSumGathering: Implementation {
    /// How many chunks of sums it writes; nil if it does not for this problem.
    func gradientSumChunks(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Int?
}

/// How convolutions and their gradients are computed, in order of preference. Several entries may be one kernel with
/// other block sizes: all but the first are there for tuning to choose.
enum Convolution2DImplementations {
    static let forward = ImplementationList<Convolution2DProblem, Convolution2DOperands>(
        operation: "convolution2D",
        implementations: [
            FewChannelConvolution(), WinogradConvolution(direction: .forward, tileWidth: .eight),
            WinogradConvolution(direction: .forward, tileWidth: .four), StridedWinogradConvolution(direction: .forward),
            PointwiseConvolution(direction: .forward),
            DirectConvolution(direction: .forward), DirectConvolution(direction: .forward, rowsPerItem: 2),
            WinogradPlanesConvolution(direction: .forward, width: .wide), ImplicitGemmConvolution(direction: .forward),
            ImplicitGemmConvolution(direction: .forward, usesMatrixUnits: true),
            WinogradPlanesConvolution(direction: .forward, width: .narrow), ReferenceConvolution(direction: .forward),
        ])

    static let inputGradient = ImplementationList<Convolution2DProblem, Convolution2DOperands>(
        operation: "convolution2DInputGradient",
        implementations: [
            WinogradConvolution(direction: .inputGradient, tileWidth: .eight),
            WinogradConvolution(direction: .inputGradient, tileWidth: .four),
            StridedWinogradConvolution(direction: .inputGradient),
            PointwiseConvolution(direction: .inputGradient),
            DirectConvolution(direction: .inputGradient), DirectConvolution(direction: .inputGradient, rowsPerItem: 2),
            WinogradPlanesConvolution(direction: .inputGradient, width: .wide),
            ImplicitGemmConvolution(direction: .inputGradient),
            ImplicitGemmConvolution(direction: .inputGradient, usesMatrixUnits: true),
            WinogradPlanesConvolution(direction: .inputGradient, width: .narrow),
            ReferenceConvolution(direction: .inputGradient),
        ])

    static let filterGradient = ImplementationList<Convolution2DProblem, Convolution2DOperands>(
        operation: "convolution2DFilterGradient",
        implementations: [
            FewChannelFilterGradient(), WinogradFilterGradient(tileWidth: .eight),
            WinogradFilterGradient(tileWidth: .four), StridedWinogradFilterGradient(), PointwiseFilterGradient(),
            DirectFilterGradient(),
            WinogradPlanesFilterGradient(width: .wide), ImplicitGemmFilterGradient(),
            ImplicitGemmFilterGradient(usesMatrixUnits: true),
            WinogradPlanesFilterGradient(width: .narrow), ReferenceConvolution(direction: .filterGradient),
        ])
}

/// What is computed from the other two: the output, or the gradient with respect to the input or the filter.
enum ConvolutionDirection {
    case forward, inputGradient, filterGradient
}
