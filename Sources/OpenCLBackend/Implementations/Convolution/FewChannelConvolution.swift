import Tensors

/// Convolution of an input with few channels on CPU-like devices: FewChannelConvolution.cl.
struct FewChannelConvolution: Implementation {
    let name = "fewChannels"
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        band(problem, on: device) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        guard let band = band(problem, on: backend.hardware) else {
            throw refusal(of: problem, on: backend)
        }
        let tile = tile(problem)
        let panels = try FilterPanels(
            operands.second, of: problem, direction: .forward, multiple: tile.panels, on: backend)
        let extents = [
            problem.inputHeight, problem.inputWidth, problem.outputHeight, problem.outputWidth, problem.outputChannels,
            problem.filterHeight, problem.padding,
        ]
        try backend.launch(
            "convolveFewChannels", in: "Convolution/FewChannelConvolution.cl",
            definitions: Definitions(
                storing: problem.activations,
                [
                    "PIXELS": .integer(tile.pixels), "PANELS": .integer(tile.panels),
                    "CHANNELS": .integer(problem.inputChannels), "STRIDE": .integer(problem.stride),
                    "FILTER_WIDTH": .integer(problem.filterWidth),
                ]),
            global: [
                panels.count / tile.panels, problem.outputHeight.dividedRoundingUp(by: band.outputRows), problem.batch,
            ],
            local: [1, 1, 1],
            arguments: [.tensor(operands.first), .tensor(panels.tensor), .tensor(operands.result)]
                + operands.addendArguments
                + extents.map(KernelArgument.int) + [.int(band.outputRows)] + band.arguments)
    }

    private func tile(_ problem: Convolution2DProblem) -> RegisterTile {
        RegisterTile(width: problem.outputWidth, channels: problem.outputChannels)
    }

    private func band(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> InputBand? {
        let pixels = tile(problem).pixels
        let width = problem.outputWidth.rounded(upTo: pixels)
        return InputBand(problem, width: width, on: device)
    }
}
