import Tensors

/// Input pixels of one phase: those whose row and column, padding counted, leave the same remainders when divided by
/// the stride. Just the taps (r, s) with these remainders reach them, so no multiplication by zero is made between the
/// pixels that a stride leaves out.
private struct GradientPhase {
    /// The rows and columns of the filter that reach the phase.
    let taps: [(r: Int, s: Int)]
    /// The phase's first row and column of the input.
    let firstRow, firstColumn: Int
    /// Rows and columns of the phase in one image.
    let height, width: Int

    init(_ problem: Convolution2DProblem, row: Int, column: Int) {
        let stride = problem.stride
        (firstRow, firstColumn) = (row, column)
        height = (problem.inputHeight - row - 1) / stride + 1
        width = (problem.inputWidth - column - 1) / stride + 1
        let rows = (0..<problem.filterHeight).filter { (row + problem.padding - $0) % stride == 0 }
        let columns = (0..<problem.filterWidth).filter { (column + problem.padding - $0) % stride == 0 }
        taps = rows.flatMap { r in columns.map { s in (r, s) } }
    }
}

extension CPUBackend {
    /// With `patch(n,h,w)` the output gradients of the pixels that read (h, w), one for each tap of its phase:
    /// `inputGradient[n,h,w] = patch(n,h,w) · [filter of these taps, transposed]`.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int
    ) throws -> Tensor {
        let operation = begin("convolution2DInputGradient")
        let problem = try Convolution2DProblem(
            input: inputShape, filter: filter.shape, stride: stride, padding: padding)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        let dy = try floats(outputGradient, "the output gradient", operation)
        let w = try floats(filter, "the filter", operation)
        let (output, dx) = try makeFloats(inputShape)
        for row in 0..<min(stride, problem.inputHeight) {
            for column in 0..<min(stride, problem.inputWidth) {
                try computeInputGradient(GradientPhase(problem, row: row, column: column), problem, dy, w, into: dx)
            }
        }
        return output
    }

    private func computeInputGradient(
        _ phase: GradientPhase, _ problem: Convolution2DProblem, _ dy: UnsafePointer<Float>,
        _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) throws {
        let (inputChannels, outputChannels) = (problem.inputChannels, problem.outputChannels)
        let depth = phase.taps.count * outputChannels
        try withScratch(
            of: Float.self, count: Panels.elementCount(depth: depth, columns: inputChannels)
        ) { elements in
            let panels = Panels(depth: depth, columns: inputChannels, elements: elements)
            panels.pack(columnStride: outputChannels) { k in
                let (r, s) = phase.taps[k / outputChannels]
                let tap = r * problem.filterWidth + s
                return w + tap * inputChannels * outputChannels + k % outputChannels
            }
            let pixels = problem.batch * phase.height * phase.width
            Parallel.forEachRange(of: pixels, length: BlockKernel.rows) { range in
                withUnsafeTemporaryAllocation(
                    of: Float.self, capacity: range.count * (depth + inputChannels)
                ) { buffer in
                    guard let patches = buffer.baseAddress else { return }
                    let gradients = patches + range.count * depth
                    gatherGradientPatches(dy, problem, phase, range, into: patches)
                    gradients.update(repeating: 0, count: range.count * inputChannels)
                    panels.multiplyAdd(
                        StridedMatrix(elements: patches, rowStride: depth, stepStride: 1),
                        rows: range.count, columnRange: 0..<inputChannels, into: gradients, cStride: inputChannels)
                    for pixel in range {
                        let (image, h, w) = position(of: pixel, phase, problem)
                        let target = (image * problem.inputHeight + h) * problem.inputWidth + w
                        (dx + target * inputChannels).update(
                            from: gradients + (pixel - range.lowerBound) * inputChannels, count: inputChannels)
                    }
                }
            }
        }
    }

    /// Row by row `[pixel, (tap, k)]`, zeros where a tap would lie outside the output.
    private func gatherGradientPatches(
        _ dy: UnsafePointer<Float>, _ problem: Convolution2DProblem, _ phase: GradientPhase, _ pixels: Range<Int>,
        into patches: UnsafeMutablePointer<Float>
    ) {
        let channels = problem.outputChannels
        var line = patches
        for pixel in pixels {
            let (image, h, w) = position(of: pixel, phase, problem)
            for (r, s) in phase.taps {
                // Divisible by the stride, because the tap belongs to the phase; negative above and left of the output.
                let p = (h + problem.padding - r) / problem.stride
                let q = (w + problem.padding - s) / problem.stride
                let isInside =
                    h + problem.padding >= r && p < problem.outputHeight
                    && w + problem.padding >= s && q < problem.outputWidth
                if isInside {
                    let source = (image * problem.outputHeight + p) * problem.outputWidth + q
                    line.update(from: dy + source * channels, count: channels)
                } else {
                    line.update(repeating: 0, count: channels)
                }
                line += channels
            }
        }
    }

    /// Image, row and column of a phase's pixel in the input.
    private func position(
        of pixel: Int, _ phase: GradientPhase, _ problem: Convolution2DProblem
    ) -> (image: Int, h: Int, w: Int) {
        let (row, column) = pixel.quotientAndRemainder(dividingBy: phase.width)
        let (image, phaseRow) = row.quotientAndRemainder(dividingBy: phase.height)
        return (
            image, phase.firstRow + phaseRow * problem.stride, phase.firstColumn + column * problem.stride
        )
    }
}
