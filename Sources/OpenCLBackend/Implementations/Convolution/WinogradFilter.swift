import Tensors

/// A 3×3 filter transformed by WinogradFilter.cl for WinogradConvolution.cl. Made anew for each convolution: that takes
/// less than reading it, and the filter changes every step.
struct WinogradFilter {
    /// `[block, 36, depth, 16 · panels]`.
    let tensor: Tensor

    /// Enqueues the transform.
    ///
    /// - Parameter panels: panels of 16 target channels in a block; missing ones are filled with zeros.
    init(
        _ filter: Tensor, of problem: Convolution2DProblem, direction: ConvolutionDirection, panels: Int,
        on backend: OpenCLBackend
    ) throws {
        let orientation = FilterOrientation(of: problem, direction: direction)
        let (depth, width) = (orientation.depth, orientation.width)
        let count = width.dividedRoundingUp(by: 16 * panels) * panels
        tensor = try backend.makeTensor([36 * count * depth * 16], .float32)
        try backend.launch(
            "transformFilter", in: "Convolution/WinogradFilter.cl", definitions: ["PANELS": .integer(panels)],
            global: [count, depth / 16], local: [1, 1],
            arguments: [
                .tensor(filter), .tensor(tensor), .int(depth), .int(width), .int(orientation.depthStride),
                .int(orientation.widthStride), .int(orientation.isTransposed ? 1 : 0),
            ])
    }
}
