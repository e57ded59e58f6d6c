import Tensors

/// A tensor `[…, C]` as GPU-like convolutions read it: its beginning aligned, its channels a multiple of 8.
struct AlignedChannels {
    /// The tensor itself if it is so already, else a copy with zeros for the missing channels.
    let tensor: Tensor
    /// Its channels, a multiple of 8.
    let channels: Int

    init(_ source: Tensor, on backend: OpenCLBackend) throws {
        let given = source.shape.columns
        channels = Self.aligned(given)
        guard channels != given || source.offset % 4 != 0 else {
            tensor = source
            return
        }
        tensor = try backend.makeTensor([source.shape.rows, channels], source.elementType)
        try backend.launchChunks(
            "alignChannels", in: "Convolution/AlignedChannels.cl",
            definitions: Definitions(storing: source.elementType), count: tensor.count,
            arguments: [.tensor(source), .tensor(tensor), .int(tensor.count), .int(given), .int(channels)])
    }

    /// The next multiple of 8.
    static func aligned(_ channels: Int) -> Int { channels.rounded(upTo: 8) }
}

/// A filter rearranged by AlignedChannels.cl for the GPU-like convolutions.
struct FilterTiles {
    /// The tiles, and zeros behind them: a row of taps and a tap for each target pixel that lies between two of a phase,
    /// so far the kernel may read.
    let tensor: Tensor

    /// Enqueues the rearrangement.
    ///
    /// - Parameter tileChannels: channels of the target in each tile.
    init(
        _ filter: Tensor, of problem: Convolution2DProblem, direction: ConvolutionDirection, tileChannels: Int,
        on backend: OpenCLBackend
    ) throws {
        let orientation = FilterOrientation(of: problem, direction: direction)
        let (depth, width) = (orientation.depth, orientation.width)
        let taps = problem.filterHeight * problem.filterWidth
        let tapTile = AlignedChannels.aligned(depth) * tileChannels
        let between = orientation.isTransposed ? problem.stride : 1
        let tiles = width.dividedRoundingUp(by: tileChannels)
        tensor = try backend.makeTensor([tiles * taps + between * (problem.filterWidth + 1), tapTile], .float32)
        try backend.launchChunks(
            "packFilterTiles", in: "Convolution/AlignedChannels.cl", count: tensor.count,
            arguments: [
                .tensor(filter), .tensor(tensor), .int(tensor.count), .int(taps), .int(depth),
                .int(AlignedChannels.aligned(depth)), .int(width), .int(tileChannels),
                .int(orientation.depthStride), .int(orientation.widthStride),
            ])
    }
}
