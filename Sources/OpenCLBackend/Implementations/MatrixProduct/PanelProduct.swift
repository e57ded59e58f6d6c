import Tensors

/// Matrix products on CPU-like devices: PanelProduct.cl.
struct PanelProduct: Implementation {
    let name = "panels"
    let family: OpenCLDevice.Family? = .cpuLike

    private static let file = "MatrixProduct/PanelProduct.cl"

    func accepts(_ problem: GemmProblem, on device: OpenCLDevice) -> Bool { true }

    func enqueue(_ problem: GemmProblem, _ operands: GemmOperands, on backend: OpenCLBackend) throws {
        let (m, n, k) = (problem.m, problem.n, problem.k)
        let panelsPerItem = n <= 16 ? 1 : 2
        let items = n.dividedRoundingUp(by: 16 * panelsPerItem)
        let definitions: Definitions = ["ROWS": 8, "PANELS": .integer(panelsPerItem)]

        var panels = (tensor: operands.b, stride: 16, depthStride: n)
        if problem.transposeB || n % (16 * panelsPerItem) != 0 {
            let count = items * panelsPerItem
            panels = (try backend.makeTensor([count, k, 16], .float32), k * 16, 16)
            try backend.launch(
                "packPanels", in: Self.file, definitions: definitions, global: [count], local: [1],
                arguments: [
                    .tensor(operands.b), .tensor(panels.tensor), .int(k), .int(n), .int(problem.transposeB ? 1 : n),
                    .int(problem.transposeB ? k : 1),
                ])
        }
        // As many rows to a work-item as leave four work-items for each core; the panels then stay in its cache.
        let rowsPerItem =
            8 * max(1, min(16, m * items / (8 * 4 * backend.hardware.computeUnits)))
        try backend.launch(
            "multiplyPanels", in: Self.file, definitions: definitions,
            global: [items, m.dividedRoundingUp(by: rowsPerItem)], local: [1, 1],
            arguments: [
                .float(operands.alpha), .tensor(operands.a), .tensor(panels.tensor), .float(operands.beta),
                .tensor(operands.c), .int(m), .int(n), .int(k), .int(problem.transposeA ? 1 : k),
                .int(problem.transposeA ? m : 1), .int(panels.stride), .int(panels.depthStride), .int(rowsPerItem),
            ])
    }
}
