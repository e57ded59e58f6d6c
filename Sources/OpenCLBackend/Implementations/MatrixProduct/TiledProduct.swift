import Tensors

/// Matrix products on GPU-like devices where CLBlast is not installed: TiledProduct.cl.
struct TiledProduct: Implementation {
    let name = "tiles"
    let family: OpenCLDevice.Family? = .gpuLike

    /// Rows and columns of a work-group's tile.
    private static let tile = 64
    private static let workItems = 256

    func accepts(_ problem: GemmProblem, on device: OpenCLDevice) -> Bool {
        device.runs(workItems: Self.workItems, localBytes: 4 * 2 * 16 * (Self.tile + 4))
    }

    func enqueue(_ problem: GemmProblem, _ operands: GemmOperands, on backend: OpenCLBackend) throws {
        try backend.launch(
            "multiplyTiles", in: "MatrixProduct/TiledProduct.cl",
            definitions: [
                "TILE": .integer(Self.tile), "TRANSPOSE_A": problem.transposeA ? 1 : 0,
                "TRANSPOSE_B": problem.transposeB ? 1 : 0,
            ],
            global: [
                problem.n.dividedRoundingUp(by: Self.tile) * Self.workItems,
                problem.m.dividedRoundingUp(by: Self.tile),
            ],
            local: [Self.workItems, 1],
            arguments: [
                .float(operands.alpha), .tensor(operands.a), .tensor(operands.b), .float(operands.beta),
                .tensor(operands.c), .int(problem.m), .int(problem.n), .int(problem.k),
            ])
    }
}
