import Tensors

/// All three directions on every device, as their definitions say: ReferenceConvolution.cl.
struct ReferenceConvolution: Implementation {
    let direction: ConvolutionDirection

    let name = referenceName
    let family: OpenCLDevice.Family? = nil

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool { true }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let kernel =
            switch direction {
            case .forward: "convolveReference"
            case .inputGradient: "inputGradientReference"
            case .filterGradient: "filterGradientReference"
            }
        let extents =
            (direction == .filterGradient ? [problem.batch] : []) + [
                problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight,
                problem.outputWidth, problem.outputChannels, problem.filterHeight, problem.filterWidth,
                problem.stride, problem.padding,
            ]
        let result = operands.result.shape
        try backend.launch(
            kernel, in: "Convolution/ReferenceConvolution.cl",
            definitions: Definitions(storing: problem.activations), global: [result.columns, result.rows],
            // A CPU's compiler would make another kernel for every shape of work-group that it chose by itself.
            local: backend.hardware.family == .cpuLike ? [1, 1] : nil,
            arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(operands.result)]
                + (direction == .filterGradient ? [] : operands.addendArguments) + extents.map(KernelArgument.int))
    }
}
