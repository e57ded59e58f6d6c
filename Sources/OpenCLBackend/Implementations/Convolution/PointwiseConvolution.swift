import Tensors

/// Convolution with a 1×1 filter, and its input gradient, on CPU-like devices: PointwiseConvolution.cl.
struct PointwiseConvolution: Implementation {
    let direction: ConvolutionDirection
    let name = "pointwise"
    let family: OpenCLDevice.Family? = .cpuLike

    /// Pixels of a register tile.
    private static let pixels = 8
    /// Rows that a work-item computes with one block of the filter before it takes the next.
    private static let linesPerItem = 8

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        problem.filterHeight == 1 && problem.filterWidth == 1 && problem.padding == 0
            && problem.outputWidth >= Self.pixels
            && ConvolutionPass(problem, direction: direction).source[3] % 4 == 0
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        let panelsOfTile = pass.target[3] <= 16 ? 1 : 2
        let panels = try FilterPanels(
            operands.second, of: problem, direction: direction, multiple: panelsOfTile, on: backend)
        let lines = problem.batch * problem.outputHeight
        try backend.launch(
            "convolvePointwise", in: "Convolution/PointwiseConvolution.cl",
            definitions: Definitions(
                storing: problem.activations,
                [
                    "PIXELS": .integer(Self.pixels), "PANELS": .integer(panelsOfTile),
                    "TARGET_STEP": .integer(pass.targetStep),
                ]),
            global: [lines.dividedRoundingUp(by: Self.linesPerItem)], local: [1],
            arguments: [.tensor(backend.widened(operands.first)), .tensor(panels.tensor), .tensor(operands.result)]
                + operands.addendArguments + [.int(lines), .int(problem.outputWidth)] + pass.extentArguments
                + [.int(pass.sourceStep), .int(panels.count), .int(Self.linesPerItem)])
    }
}
