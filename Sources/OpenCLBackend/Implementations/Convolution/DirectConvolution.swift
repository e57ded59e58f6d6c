import Tensors

/// Convolution and its input gradient on CPU-like devices: DirectConvolution.cl.
struct DirectConvolution: Implementation {
    let direction: ConvolutionDirection
    /// Rows of the target that a work-item computes: many read the filter less often, few give work to many cores.
    var rowsPerItem = usualRowsPerItem

    private static let usualRowsPerItem = 8

    var name: String { rowsPerItem == Self.usualRowsPerItem ? "direct" : "directRows\(rowsPerItem)" }
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool { true }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        let tile = RegisterTile(width: pass.phaseWidth, channels: pass.target[3])
        let panels = try FilterPanels(
            operands.second, of: problem, direction: direction, multiple: tile.panels, on: backend)
        // With a single panel each value would be loaded for one multiply-add: there a row of taps shares the values.
        let span = tile.panels == 1 && problem.stride == 1 && problem.filterWidth == 3 ? 3 : 1
        try backend.launch(
            "convolveDirect", in: "Convolution/DirectConvolution.cl",
            definitions: Definitions(
                storing: problem.activations,
                [
                    "PIXELS": .integer(tile.pixels), "PANELS": .integer(tile.panels), "SPAN": .integer(span),
                    "UNROLL": span == 1 ? 4 : 1,
                ]),
            global: [
                panels.count / tile.panels, pass.phaseHeight.dividedRoundingUp(by: rowsPerItem),
                problem.batch * pass.phases,
            ],
            local: [1, 1, 1],
            arguments: [.tensor(backend.widened(operands.first)), .tensor(panels.tensor), .tensor(operands.result)]
                + operands.addendArguments
                + pass.extentArguments
                + [.int(problem.filterHeight), .int(problem.filterWidth), .int(problem.padding)]
                + pass.stepArguments + [.int(panels.count), .int(rowsPerItem)])
    }
}
