import Tensors

// Each direction is a matrix product: rows of patches, gathered from the images a block at a time into a buffer that
// stays in the cache, times a small matrix.

extension CPUBackend {
    /// With `patch(n,p,q)` the R·S·Cin pixels that an output pixel sees: `output[n,p,q] = patch(n,p,q) · filter`.
    public func convolution2D(_ input: Tensor, filter: Tensor, stride: Int, padding: Int) throws -> Tensor {
        let operation = begin("convolution2D")
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filter.shape, stride: stride, padding: padding)
        let x = try floats(input, "the input", operation)
        let w = try floats(filter, "the filter", operation)
        let (output, y) = try makeFloats(problem.outputShape)
        let (depth, channels) = (problem.patchLength, problem.outputChannels)

        try withScratch(of: Float.self, count: Panels.elementCount(depth: depth, columns: channels)) { elements in
            let panels = Panels(depth: depth, columns: channels, elements: elements)
            panels.pack { w + $0 * channels }
            Parallel.forEachRange(of: problem.outputPixels, length: BlockKernel.rows) { pixels in
                withPatches(of: x, problem, pixels) { patches in
                    let y = y + pixels.lowerBound * channels
                    y.update(repeating: 0, count: pixels.count * channels)
                    panels.multiplyAdd(
                        StridedMatrix(elements: patches, rowStride: depth, stepStride: 1),
                        rows: pixels.count, columnRange: 0..<channels, into: y, cStride: channels)
                }
            }
        }
        return output
    }

    /// `filterGradient = Σ_{n,p,q} patch(n,p,q)ᵀ · outputGradient[n,p,q]`, in two stages of fixed order: a partial sum
    /// for each piece of the pixels, then all pieces in ascending order.
    public func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, stride: Int, padding: Int, into filterGradient: Tensor
    ) throws {
        let operation = begin("convolution2DFilterGradient")
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filterGradient.shape, stride: stride, padding: padding)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        let x = try floats(input, "the input", operation)
        let dy = try floats(outputGradient, "the output gradient", operation)
        let dw = try mutableFloats(filterGradient, "the filter gradient", operation)
        let (depth, channels) = (problem.patchLength, problem.outputChannels)
        let count = depth * channels

        // At most 32 pieces, so that the partial sums take little memory; at least 4 blocks each, so that merging them
        // is little work.
        let blocks = (problem.outputPixels + BlockKernel.rows - 1) / BlockKernel.rows
        let length = max(4, (blocks + 31) / 32) * BlockKernel.rows
        let pieces = (problem.outputPixels + length - 1) / length
        try withScratch(of: Float.self, count: pieces * count) { partial in
            partial.update(repeating: 0, count: pieces * count)
            Parallel.forEachRange(of: problem.outputPixels, length: length) { range in
                var start = range.lowerBound
                while start < range.upperBound {
                    let pixels = start..<min(start + BlockKernel.rows, range.upperBound)
                    addFilterGradient(
                        of: x, problem, pixels, dy, into: partial + range.lowerBound / length * count)
                    start += BlockKernel.rows
                }
            }
            Parallel.forEachRange(of: count) { range in
                for i in range {
                    var sum = 0.0
                    for piece in 0..<pieces { sum += Double(partial[piece * count + i]) }
                    dw[i] = Float(sum)
                }
            }
        }
    }

    private func addFilterGradient(
        of x: UnsafePointer<Float>, _ problem: Convolution2DProblem, _ pixels: Range<Int>,
        _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>
    ) {
        let (depth, channels) = (problem.patchLength, problem.outputChannels)
        let panelElements = Panels.elementCount(depth: pixels.count, columns: channels)
        withPatches(of: x, problem, pixels) { patches in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: panelElements) { elements in
                guard let elements = elements.baseAddress else { return }
                let panels = Panels(depth: pixels.count, columns: channels, elements: elements)
                panels.pack { dy + (pixels.lowerBound + $0) * channels }
                panels.multiplyAdd(
                    StridedMatrix(elements: patches, rowStride: 1, stepStride: depth),
                    rows: depth, columnRange: 0..<channels, into: dw, cStride: channels)
            }
        }
    }

    /// Lends the patches of some output pixels, row by row `[pixel, (r, s, c)]`, zeros outside the image.
    private func withPatches(
        of x: UnsafePointer<Float>, _ problem: Convolution2DProblem, _ pixels: Range<Int>,
        _ body: (UnsafePointer<Float>) -> Void
    ) {
        let (width, channels) = (problem.inputWidth, problem.inputChannels)
        let lineLength = problem.filterWidth * channels
        withUnsafeTemporaryAllocation(of: Float.self, capacity: pixels.count * problem.patchLength) { patches in
            guard var line = patches.baseAddress else { return }
            let first = UnsafePointer(line)
            for pixel in pixels {
                let (image, p, q) = problem.position(ofOutputPixel: pixel)
                let left = q * problem.stride - problem.padding
                let inside = max(0, left)..<max(max(0, left), min(width, left + problem.filterWidth))
                for r in 0..<problem.filterHeight {
                    let h = p * problem.stride + r - problem.padding
                    if h < 0 || h >= problem.inputHeight || inside.isEmpty {
                        line.update(repeating: 0, count: lineLength)
                    } else {
                        let before = (inside.lowerBound - left) * channels
                        let copied = inside.count * channels
                        let source = x + ((image * problem.inputHeight + h) * width + inside.lowerBound) * channels
                        line.update(repeating: 0, count: before)
                        (line + before).update(from: source, count: copied)
                        (line + before + copied).update(repeating: 0, count: lineLength - before - copied)
                    }
                    line += lineLength
                }
            }
            body(first)
        }
    }
}

extension Convolution2DProblem {
    /// Pixels of all outputs.
    var outputPixels: Int { batch * outputHeight * outputWidth }

    /// Elements of a patch: what one output pixel sees.
    var patchLength: Int { filterHeight * filterWidth * inputChannels }

    /// Image, row and column of an output pixel.
    func position(ofOutputPixel pixel: Int) -> (image: Int, p: Int, q: Int) {
        let (row, q) = pixel.quotientAndRemainder(dividingBy: outputWidth)
        let (image, p) = row.quotientAndRemainder(dividingBy: outputHeight)
        return (image, p, q)
    }
}
