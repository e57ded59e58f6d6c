import CVectorKernels
import Tensors

extension CPUBackend {
    /// Output pixels whose patches and gradients stay in the nearest cache while all taps pass over them.
    private static let pixelsPerBlock = 64

    /// `filterGradient = Σ_{n,p,q} patch(n,p,q)ᵀ · outputGradient[n,p,q]` in three stages of fixed order: a sum for each
    /// block of pixels, the blocks of a piece of the batch, and the pieces, these in double precision.
    public func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, normalizedBy normalization: ChannelNormalization?, stride: Int,
        padding: Int, into filterGradient: Tensor
    ) throws {
        if input.elementType == .float16 {
            let operation = "convolution2DFilterGradient"
            return try convolution2DFilterGradient(
                widened(outputGradient, "the output gradient", operation),
                input: widened(input, "the input", operation), normalizedBy: normalization, stride: stride,
                padding: padding, into: filterGradient)
        }
        let operation = begin("convolution2DFilterGradient")
        let input = try normalization.map { try normalize(input, by: $0, for: operation) } ?? input
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filterGradient.shape, stride: stride, padding: padding)
        try Expect.activations(input, "the input", operation: operation)
        try Expect.activations(
            outputGradient, problem.outputShape, as: input, "the output gradient", operation: operation)
        let x = try floats(input, "the input", operation)
        let dy = try floats(outputGradient, "the output gradient", operation)
        let dw = try mutableFloats(filterGradient, "the filter gradient", operation)
        let count = filterGradient.count

        let groups = ImageGroups(images: problem.batch, rowsPerImage: problem.outputPixelsPerImage)
        let patches = RowOffsets(patchesOf: problem, images: groups.imagesPerGroup)
        let blocks = groups.blocks(ofRows: Self.pixelsPerBlock)
        // At most 32 pieces, so that their sums take little memory; at least 4 blocks each, so that merging them is
        // little work.
        let length = max(4, (blocks.count + 31) / 32)
        let pieces = (blocks.count + length - 1) / length
        try withScratch(of: Float.self, count: pieces * count) { partial in
            Parallel.forEachRange(of: blocks.count, length: length) { range in
                let sum = partial + range.lowerBound / length * count
                sum.update(repeating: 0, count: count)
                for block in blocks[range] { addFilterGradient(of: x, problem, patches, block, dy, into: sum) }
            }
            try mergePieces(partial, pieces: pieces, count: count, into: dw)
        }
    }

    /// Adds what some pixels contribute, one tap of the filter after another.
    private func addFilterGradient(
        of x: UnsafePointer<Float>, _ problem: Convolution2DProblem, _ patches: RowOffsets,
        _ block: ImageGroups.Block, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>
    ) {
        let (inputChannels, outputChannels) = (problem.inputChannels, problem.outputChannels)
        let firstPixel = block.firstImage * problem.outputPixelsPerImage + block.rows.lowerBound
        patches.sources.withUnsafeBufferPointer { sources in
            guard let sources = sources.baseAddress else { return }
            for tap in 0..<patches.taps {
                var products = OuterProducts(
                    count: block.rows.count, rows: inputChannels, columns: outputChannels,
                    a: x + block.firstImage * problem.inputElementsPerImage,
                    aOffsets: sources + block.rows.lowerBound * patches.taps + tap, aOffsetStride: patches.taps,
                    b: dy + firstPixel * outputChannels, bStride: outputChannels,
                    c: dw + tap * inputChannels * outputChannels, cStride: outputChannels)
                kernels.addOuterProducts(&products)
            }
        }
    }

    /// `sums[i] = Σ_piece partial[piece · count + i]`, in ascending order.
    private func mergePieces(
        _ partial: UnsafePointer<Float>, pieces: Int, count: Int, into sums: UnsafeMutablePointer<Float>
    ) throws {
        let kernels = kernels
        try withScratch(of: Double.self, count: count) { totals in
            Parallel.forEachRange(of: count, length: 4096) { range in
                let totals = totals + range.lowerBound
                totals.update(repeating: 0, count: range.count)
                kernels.addColumnSums(pieces, range.count, partial + range.lowerBound, count, totals)
                for i in 0..<range.count { sums[range.lowerBound + i] = Float(totals[i]) }
            }
        }
    }
}
