import Tensors

/// The filter gradient of a convolution whose input has few channels, on CPU-like devices: FewChannelFilterGradient.cl.
struct FewChannelFilterGradient: Implementation {
    let name = "fewChannels"
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        problem.outputChannels >= 16 && InputBand(problem, width: problem.outputWidth, on: device) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        guard let band = InputBand(problem, width: problem.outputWidth, on: backend.hardware) else { return }
        let blocks = problem.outputChannels.dividedRoundingUp(by: 16)
        let chunks = FilterGradientChunks(
            total: problem.batch * problem.outputHeight, groupsPerChunk: blocks, problem: problem,
            on: backend.hardware)
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientFewChannels", in: "Convolution/FewChannelFilterGradient.cl",
                // The taps of a 3×3 filter over 1 or 3 channels fill blocks of 9.
                definitions: ["TAPS": 9],
                global: [blocks, chunks.count], local: [1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(partials)]
                    + problem.filterGradientArguments + [.int(chunks.length), .int(band.outputRows)]
                    + band.arguments)
        }
    }
}
