import Tensors

/// The gradient of a 1×1 filter on CPU-like devices: PointwiseFilterGradient.cl.
struct PointwiseFilterGradient: Implementation {
    let name = "pointwise"
    let family: OpenCLDevice.Family? = .cpuLike

    /// Output pixels of a block: few enough for the first-level cache.
    private static let pixelsPerBlock = 32

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        problem.filterHeight == 1 && problem.filterWidth == 1 && problem.padding == 0
            && problem.inputChannels % 8 == 0 && problem.outputChannels % 16 == 0
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let rows = problem.batch * problem.outputHeight
        let chunks = FilterGradientChunks(
            total: rows, groupsPerChunk: 1, partialCount: problem.filterShape.count, on: backend.hardware)
        let extents = [
            rows, problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight,
            problem.outputWidth, problem.outputChannels, problem.stride, chunks.length,
            max(1, Self.pixelsPerBlock / problem.outputWidth),
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientPointwise", in: "Convolution/PointwiseFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations, ["PANELS": problem.outputChannels % 32 == 0 ? 2 : 1]),
                global: [chunks.count], local: [1],
                arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(partials)]
                    + extents.map(KernelArgument.int))
        }
    }
}
