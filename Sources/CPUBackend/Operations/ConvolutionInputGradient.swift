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
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int,
        adding received: Tensor?
    ) throws -> Tensor {
        if outputGradient.elementType == .float16 {
            let operation = "convolution2DInputGradient"
            let inputGradient = try convolution2DInputGradient(
                widened(outputGradient, "the output gradient", operation), filter: filter, inputShape: inputShape,
                stride: stride, padding: padding,
                adding: received.map { try widened($0, "the received gradient", operation) })
            return try narrowed(inputGradient, operation)
        }
        let operation = begin("convolution2DInputGradient")
        let problem = try Convolution2DProblem(
            input: inputShape, filter: filter.shape, stride: stride, padding: padding, hasAddend: received != nil)
        try Expect.activations(outputGradient, "the output gradient", operation: operation)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        let dy = try floats(outputGradient, "the output gradient", operation)
        let w = try floats(filter, "the filter", operation)
        let (output, dx) = try makeFloats(inputShape)
        for row in 0..<min(stride, problem.inputHeight) {
            for column in 0..<min(stride, problem.inputWidth) {
                try computeInputGradient(GradientPhase(problem, row: row, column: column), problem, dy, w, into: dx)
            }
        }
        return try adding(received, "the received gradient", to: output, operation)
    }

    private func computeInputGradient(
        _ phase: GradientPhase, _ problem: Convolution2DProblem, _ dy: UnsafePointer<Float>,
        _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) throws {
        let (inputChannels, outputChannels) = (problem.inputChannels, problem.outputChannels)
        let groups = ImageGroups(images: problem.batch, rowsPerImage: phase.height * phase.width)
        let patches = RowOffsets(gradientPatchesOf: phase, problem, images: groups.imagesPerGroup)
        try withPanels(depth: phase.taps.count * outputChannels, columns: inputChannels) { panels in
            panels.pack(columnStride: outputChannels) { k in
                let (r, s) = phase.taps[k / outputChannels]
                let tap = r * problem.filterWidth + s
                return w + tap * inputChannels * outputChannels + k % outputChannels
            }
            multiplyImages(
                dy, elementsPerImage: problem.outputPixelsPerImage * outputChannels, groups, patches, panels,
                into: dx, elementsPerImage: problem.inputElementsPerImage)
        }
    }
}

extension RowOffsets {
    /// For each pixel of a phase in some images the output gradients of the pixels that read it, and its own place.
    fileprivate init(gradientPatchesOf phase: GradientPhase, _ problem: Convolution2DProblem, images: Int) {
        self.init(
            taps: phase.taps.count, depth: problem.outputChannels, rowCapacity: images * phase.height * phase.width)
        for image in 0..<images {
            for h in stride(from: phase.firstRow, to: problem.inputHeight, by: problem.stride) {
                for w in stride(from: phase.firstColumn, to: problem.inputWidth, by: problem.stride) {
                    for (r, s) in phase.taps {
                        // Divisible by the stride, because the tap belongs to the phase.
                        let p = (h + problem.padding - r) / problem.stride
                        let q = (w + problem.padding - s) / problem.stride
                        let isInside =
                            h + problem.padding >= r && p < problem.outputHeight
                            && w + problem.padding >= s && q < problem.outputWidth
                        let pixel = (image * problem.outputHeight + p) * problem.outputWidth + q
                        append(source: isInside ? pixel * problem.outputChannels : Self.outside)
                    }
                    let pixel = (image * problem.inputHeight + h) * problem.inputWidth + w
                    append(destination: pixel * problem.inputChannels)
                }
            }
        }
    }
}
