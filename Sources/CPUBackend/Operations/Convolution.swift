import CVectorKernels
import Tensors

// Each direction is a matrix product with rows of patches. The patches are not copied: a table says where their pieces,
// one for each tap of the filter, lie in the images.

extension CPUBackend {
    /// Output pixels, at most, that a core takes at a time.
    private static let pixelsPerPiece = 256

    /// With `patch(n,p,q)` the R·S·Cin elements that an output pixel sees: `output[n,p,q] = patch(n,p,q) · filter`.
    public func convolution2D(
        _ input: Tensor, normalizedBy normalization: ChannelNormalization?, filter: Tensor, stride: Int, padding: Int,
        adding residual: Tensor?, gatheringMoments: Bool
    ) throws -> (output: Tensor, moments: ChannelMoments?) {
        if input.elementType == .float16 {
            let operation = "convolution2D"
            let (output, moments) = try convolution2D(
                widened(input, "the input", operation), normalizedBy: normalization, filter: filter, stride: stride,
                padding: padding, adding: residual.map { try widened($0, "the residual", operation) },
                gatheringMoments: gatheringMoments)
            return (try narrowed(output, operation), moments)
        }
        let operation = begin("convolution2D")
        let input = try normalization.map { try normalize(input, by: $0, for: operation) } ?? input
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filter.shape, stride: stride, padding: padding, hasAddend: residual != nil)
        try Expect.activations(input, "the input", operation: operation)
        let x = try floats(input, "the input", operation)
        let w = try floats(filter, "the filter", operation)
        let (output, y) = try makeFloats(problem.outputShape)
        let channels = problem.outputChannels
        let groups = ImageGroups(images: problem.batch, rowsPerImage: problem.outputPixelsPerImage)
        let patches = RowOffsets(patchesOf: problem, images: groups.imagesPerGroup)
        try withPanels(depth: problem.patchLength, columns: channels) { panels in
            panels.pack { w + $0 * channels }
            multiplyImages(
                x, elementsPerImage: problem.inputElementsPerImage, groups, patches, panels,
                into: y, elementsPerImage: problem.outputPixelsPerImage * channels)
        }
        return (try adding(residual, "the residual", to: output, operation), nil)
    }

    /// Never: rows of patches read each pixel many times.
    public func normalizesWhileReading(_ problem: Convolution2DProblem) -> Bool { false }

    /// Multiplies the rows of all images by a matrix, on all cores.
    func multiplyImages(
        _ a: UnsafePointer<Float>, elementsPerImage aElements: Int, _ groups: ImageGroups, _ rows: RowOffsets,
        _ panels: Panels, into c: UnsafeMutablePointer<Float>, elementsPerImage cElements: Int
    ) {
        let kernels = kernels
        let blocks = groups.blocks(ofRows: Self.pixelsPerPiece)
        Parallel.forEachRange(of: blocks.count, length: 1) { range in
            for block in blocks[range] {
                rows.multiply(
                    block.rows, of: a + block.firstImage * aElements, by: panels,
                    into: c + block.firstImage * cElements, with: kernels)
            }
        }
    }
}

extension RowOffsets {
    /// For each output pixel of some images what it sees, and its own place.
    init(patchesOf problem: Convolution2DProblem, images: Int) {
        let rowCount = images * problem.outputPixelsPerImage
        self.init(
            taps: problem.filterHeight * problem.filterWidth, depth: problem.inputChannels, rowCapacity: rowCount)
        for image in 0..<images {
            for p in 0..<problem.outputHeight {
                for q in 0..<problem.outputWidth {
                    for r in 0..<problem.filterHeight {
                        let h = p * problem.stride + r - problem.padding
                        for s in 0..<problem.filterWidth {
                            let w = q * problem.stride + s - problem.padding
                            let isInside = h >= 0 && h < problem.inputHeight && w >= 0 && w < problem.inputWidth
                            let pixel = (image * problem.inputHeight + h) * problem.inputWidth + w
                            append(source: isInside ? pixel * problem.inputChannels : Self.outside)
                        }
                    }
                    append(destination: count * problem.outputChannels)
                }
            }
        }
    }
}

extension Convolution2DProblem {
    /// Pixels of one output.
    var outputPixelsPerImage: Int { outputHeight * outputWidth }

    /// Elements of one image of the input.
    var inputElementsPerImage: Int { inputHeight * inputWidth * inputChannels }

    /// Elements of a patch: what one output pixel sees.
    var patchLength: Int { filterHeight * filterWidth * inputChannels }
}
