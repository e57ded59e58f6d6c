import Tensors

/// How DirectFilterGradient.cl divides a filter gradient: what its registers hold, and the input rows that a work-item
/// copies into local memory at a time.
struct FilterGradientBand {
    /// Panels of 16 output channels, taps of a filter row and input channels whose sums are held in registers: 24 sums for
    /// a row of three taps, 16 for a single tap.
    let panels, span, channels: Int
    /// Pixels of the input from a copied one to the next.
    let step: Int
    /// Output rows of a segment, which never reaches into a second image, and segments of a block.
    let rowsPerSegment, segmentsPerBlock: Int
    /// Segments of the whole batch.
    let segments: Int
    /// Copied rows of a segment, and copied pixels of a row.
    let rows, pitch: Int
    /// Input channels that are copied at a time: all, unless the rows are very long.
    let channelsPerGroup: Int

    /// As many output pixels as make reading and writing the partial result cheap.
    private static let pixels = 128
    /// What stays in the second-level cache together with a partial result.
    private static let byteLimit = 96 << 10

    /// - Returns: nil if not even one output row's band fits into the device's local memory.
    init?(_ problem: Convolution2DProblem, on device: OpenCLDevice) {
        let panels = problem.outputChannels >= 32 ? 2 : 1
        let span = problem.filterWidth == 3 ? 3 : 1
        let channels = (span == 3 ? 8 : 16) / panels
        let step = problem.filterHeight == 1 && problem.filterWidth == 1 ? problem.stride : 1
        let columnStep = problem.stride / step
        let pitch = (problem.outputWidth - 1) * columnStep + problem.filterWidth
        let gradientBytes = 4 * problem.outputWidth * 16 * panels
        func bandRows(_ rows: Int) -> Int { (rows - 1) * columnStep + problem.filterHeight }
        /// Bytes of a segment, for so many panels of channels.
        func bandBytes(_ rows: Int, _ panelsOfInput: Int) -> Int {
            4 * bandRows(rows) * pitch * channels * panelsOfInput
        }
        let all = problem.inputChannels.dividedRoundingUp(by: channels)

        var rows = problem.outputHeight
        while rows > 1, rows * problem.outputWidth > 2 * Self.pixels || bandBytes(rows, all) > Self.byteLimit {
            rows = rows.dividedRoundingUp(by: 2)
        }
        let limit = max(0, min(Self.byteLimit, device.localMemoryBytes - rows * gradientBytes))
        let panelsOfGroup = min(all, limit / bandBytes(rows, 1))
        guard panelsOfGroup > 0 else { return nil }
        let segmentsPerImage = problem.outputHeight.dividedRoundingUp(by: rows)
        let affordable = min(
            limit / bandBytes(rows, panelsOfGroup), Self.pixels / (rows * problem.outputWidth),
            device.localMemoryBytes / (bandBytes(rows, panelsOfGroup) + rows * gradientBytes))

        (self.panels, self.span, self.channels, self.step, self.pitch) = (panels, span, channels, step, pitch)
        self.rows = bandRows(rows)
        rowsPerSegment = rows
        segmentsPerBlock = segmentsPerImage == 1 ? max(1, affordable) : 1
        segments = problem.batch * segmentsPerImage
        channelsPerGroup = panelsOfGroup * channels
    }

    /// The rows' layout and memory, in the kernel's order.
    func arguments(outputWidth: Int) -> [KernelArgument] {
        let panelsOfGroup = channelsPerGroup / channels
        return [channelsPerGroup, step, rows, pitch].map(KernelArgument.int) + [
            .local(bytes: 4 * segmentsPerBlock * rows * pitch * channels * panelsOfGroup),
            .local(bytes: 4 * segmentsPerBlock * rowsPerSegment * outputWidth * 16 * panels),
        ]
    }
}
