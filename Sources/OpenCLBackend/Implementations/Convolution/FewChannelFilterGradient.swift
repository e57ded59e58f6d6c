import Tensors

/// The filter gradient of a convolution whose input has few channels, on CPU-like devices: FewChannelFilterGradient.cl.
struct FewChannelFilterGradient: Implementation {
    let name = "fewChannels"
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        problem.outputChannels >= 16 && band(problem, on: device) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        guard let band = band(problem, on: backend.hardware) else {
            throw refusal(of: problem, on: backend)
        }
        let blocks = problem.outputChannels.dividedRoundingUp(by: 16)
        let chunks = FilterGradientChunks(
            total: problem.batch * problem.outputHeight, groupsPerChunk: blocks,
            partialCount: problem.filterShape.count, on: backend.hardware)
        let extents = [
            problem.batch, problem.inputHeight, problem.inputWidth, problem.outputHeight, problem.outputWidth,
            problem.outputChannels, problem.filterHeight, problem.padding, chunks.length, band.outputRows,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientFewChannels", in: "Convolution/FewChannelFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations,
                    [
                        "TAP_ROWS": .integer(tapRows(problem)), "CHANNELS": .integer(problem.inputChannels),
                        "STRIDE": .integer(problem.stride), "FILTER_WIDTH": .integer(problem.filterWidth),
                    ]),
                global: [blocks, chunks.count], local: [1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(partials)]
                    + extents.map(KernelArgument.int) + band.arguments)
        }
    }

    /// Rows of the filter whose taps are handled together: as many as 27 sums in registers allow.
    private func tapRows(_ problem: Convolution2DProblem) -> Int {
        let divisors = (1...problem.filterHeight).filter { problem.filterHeight % $0 == 0 }
        return divisors.last { $0 * problem.filterWidth * problem.inputChannels <= 27 } ?? 1
    }

    /// The kernel goes on beyond a row's last column until the last pixel has met all its taps.
    private func band(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> InputBand? {
        let columnsOfPixel = problem.filterWidth.dividedRoundingUp(by: problem.stride)
        return InputBand(problem, width: problem.outputWidth + columnsOfPixel - 1, on: device)
    }
}
