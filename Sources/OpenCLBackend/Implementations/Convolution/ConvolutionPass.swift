import Tensors

/// A convolution or its input gradient, seen as one thing: every pixel of the target is a sum over taps and over the
/// source's channels. Most kernels compute both.
struct ConvolutionPass {
    /// `[N, H, W, C]` of the tensor that is read: the input, or the output gradient.
    let source: Shape
    /// `[N, H, W, C]` of the tensor that is written: the output, or the input gradient.
    let target: Shape
    /// Source pixels between the windows of neighbouring target pixels of one phase.
    let sourceStep: Int
    /// Target pixels between neighbours of one phase; there are `targetStep²` phases.
    let targetStep: Int
    /// Source pixels from one tap to the next: 1 or −1.
    let tapDirection: Int

    init(_ problem: Convolution2DProblem, direction: ConvolutionDirection) {
        if direction == .inputGradient {
            (source, target) = (problem.outputShape, problem.inputShape)
            (sourceStep, targetStep, tapDirection) = (1, problem.stride, -1)
        } else {
            (source, target) = (problem.inputShape, problem.outputShape)
            (sourceStep, targetStep, tapDirection) = (problem.stride, 1, 1)
        }
    }

    /// Phases of the target's pixels.
    var phases: Int { targetStep * targetStep }
    /// Rows of the largest phase in one image.
    var phaseHeight: Int { target[1].dividedRoundingUp(by: targetStep) }
    /// Columns of the largest phase.
    var phaseWidth: Int { target[2].dividedRoundingUp(by: targetStep) }

    /// Height, width and channels of both tensors, in the kernels' order.
    var extentArguments: [KernelArgument] {
        [source[1], source[2], source[3], target[1], target[2], target[3]].map(KernelArgument.int)
    }

    /// The three steps, in the kernels' order.
    var stepArguments: [KernelArgument] { [.int(sourceStep), .int(targetStep), .int(tapDirection)] }
}
