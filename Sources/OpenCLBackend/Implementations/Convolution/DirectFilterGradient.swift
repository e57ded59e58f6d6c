import Tensors

/// The filter gradient on CPU-like devices: DirectFilterGradient.cl.
struct DirectFilterGradient: Implementation {
    let name = "direct"
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        problem.inputChannels >= 8 && problem.outputChannels >= 16
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        // 24 sums in registers for a row of three taps, 16 for a single tap.
        let panels = problem.outputChannels >= 32 ? 2 : 1
        let isRowOf3 = problem.filterWidth == 3 && problem.stride <= 2 && problem.padding <= 2
        let channels = isRowOf3 ? 8 / panels : panels == 1 && problem.inputChannels >= 16 ? 16 : 8
        let blocks = problem.outputChannels.dividedRoundingUp(by: 16 * panels)
        let chunks = FilterGradientChunks(
            total: problem.batch * problem.outputHeight, groupsPerChunk: blocks, problem: problem,
            on: backend.hardware)
        // As many rows as stay in the second-level cache while all taps pass over them: the whole input, and the work-item's
        // own channels of the output gradient. Fewer rows would read and write the partial result more often.
        let bytesPerRow =
            4 * problem.inputWidth * problem.inputChannels * min(problem.stride, problem.inputHeight)
            + 4 * problem.outputWidth * 16 * panels
        let rowsPerBlock = max(1, min(chunks.length, (256 << 10) / bytesPerRow))
        let extents = [
            problem.batch, problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight,
            problem.outputWidth, problem.outputChannels, problem.filterHeight, problem.filterWidth, problem.padding,
            problem.stride, chunks.length, rowsPerBlock,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientDirect", in: "Convolution/DirectFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations,
                    [
                        "CHANNELS": .integer(channels), "PANELS": .integer(panels), "SPAN": isRowOf3 ? 3 : 1,
                        // A single tap reads both at run time: one program for all.
                        "STRIDE": .integer(isRowOf3 ? problem.stride : 1),
                        "PADDING": .integer(isRowOf3 ? problem.padding : 0),
                    ]),
                global: [blocks, chunks.count], local: [1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(partials)]
                    + extents.map(KernelArgument.int))
        }
    }
}
