import Tensors

/// Convolution and its input gradient on GPU-like devices: ImplicitGemmConvolution.cl.
struct ImplicitGemmConvolution: Implementation {
    let direction: ConvolutionDirection

    let name = "implicitGemm"
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let pass = ConvolutionPass(problem, direction: direction)
        return ImplicitGemm.runs(on: device) && Int32(exactly: pass.target.count) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        // Narrow tiles for narrow targets, so that no work-item computes channels that do not exist.
        let channels = pass.target[3] > 32 ? 64 : 32
        let pixels = 64 * 64 / channels
        let targetPixels = problem.batch * pass.phaseHeight * pass.phaseWidth
        try backend.launch(
            "convolveImplicitGemm", in: "Convolution/ImplicitGemmConvolution.cl",
            definitions: [
                "TILE_PIXELS": .integer(pixels), "TILE_CHANNELS": .integer(channels),
                "INPUT_GRADIENT": direction == .inputGradient ? 1 : 0,
            ],
            global: [
                targetPixels.dividedRoundingUp(by: pixels) * ImplicitGemm.group,
                pass.target[3].dividedRoundingUp(by: channels), pass.phases,
            ],
            local: [ImplicitGemm.group, 1, 1],
            arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(operands.result)]
                + operands.addendArguments + [.int(problem.batch)] + pass.extentArguments
                + [.int(problem.filterHeight), .int(problem.filterWidth), .int(problem.padding)]
                + pass.stepArguments)
    }
}

/// What the kernels that work on tiles in local memory have in common.
enum ImplicitGemm {
    /// Work-items of a work-group.
    static let group = 256

    /// Whether the device has such work-groups, and local memory for two tiles of 16 × (128 + 4) floats.
    static func runs(on device: OpenCLDevice) -> Bool {
        device.maximumWorkGroupSize >= group && device.maximumWorkItemSizes.first ?? 1 >= group
            && device.localMemoryBytes >= 2 * 16 * (128 + 4) * 4
    }
}
