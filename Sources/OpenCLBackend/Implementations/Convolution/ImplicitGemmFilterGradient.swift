import Tensors

/// The filter gradient on GPU-like devices: ImplicitGemmFilterGradient.cl.
struct ImplicitGemmFilterGradient: Implementation {
    let name = "implicitGemm"
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        ImplicitGemm.runs(on: device) && Int32(exactly: problem.outputShape.count) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let inputs = tile(problem.inputChannels), outputs = tile(problem.outputChannels)
        let taps = problem.filterHeight * problem.filterWidth
        let inputGroups = problem.inputChannels.dividedRoundingUp(by: inputs) * taps
        let outputGroups = problem.outputChannels.dividedRoundingUp(by: outputs)
        let chunks = FilterGradientChunks(
            total: problem.batch * problem.outputHeight * problem.outputWidth, unit: 16,
            groupsPerChunk: inputGroups * outputGroups, problem: problem, on: backend.hardware)
        let extents = [
            problem.batch, problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight,
            problem.outputWidth, problem.outputChannels, problem.filterWidth, taps, problem.padding, problem.stride,
            chunks.length,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientImplicitGemm", in: "Convolution/ImplicitGemmFilterGradient.cl",
                definitions: ["TILE_INPUTS": .integer(inputs), "TILE_OUTPUTS": .integer(outputs)],
                global: [inputGroups * ImplicitGemm.group, outputGroups, chunks.count],
                local: [ImplicitGemm.group, 1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(partials)]
                    + extents.map(KernelArgument.int))
        }
    }

    /// Narrow tiles for few channels, so that no work-item computes channels that do not exist.
    private func tile(_ channels: Int) -> Int { channels > 32 ? 64 : channels > 16 ? 32 : 16 }
}
