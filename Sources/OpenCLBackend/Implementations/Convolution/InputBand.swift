import Tensors

/// The rows of an input with few channels that a work-item copies into local memory, padding included:
/// FewChannelConvolution.cl and FewChannelFilterGradient.cl.
struct InputBand {
    /// Output rows that the copied rows are enough for.
    let outputRows: Int
    /// Floats of a copied row.
    let pitch: Int
    /// Bytes of local memory.
    let byteCount: Int

    /// A band for eight output rows, or fewer if more than 32 KiB would be needed: no more stays close to the core.
    ///
    /// - Parameter width: output pixels of a row, those included that a tile computes beyond the last.
    /// - Returns: nil if not even one output row's band fits, or there are too many channels for this to be worth while.
    init?(_ problem: Convolution2DProblem, width: Int, on device: OpenCLDevice) {
        guard problem.inputChannels < 8 else { return nil }
        let pitch =
            problem.inputChannels
            * max(problem.inputWidth + 2 * problem.padding, (width - 1) * problem.stride + problem.filterWidth)
        func byteCount(_ outputRows: Int) -> Int {
            ((outputRows - 1) * problem.stride + problem.filterHeight) * pitch * 4
        }
        let limit = min(32 << 10, device.localMemoryBytes)
        guard let rows = [8, 4, 2, 1].first(where: { byteCount($0) <= limit }) else { return nil }
        (outputRows, self.pitch, self.byteCount) = (rows, pitch, byteCount(rows))
    }

    /// Its row length and memory, in the kernels' order.
    var arguments: [KernelArgument] { [.int(pitch), .local(bytes: byteCount)] }
}
