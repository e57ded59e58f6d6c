/// How the kernels built on `Common/Vector.h` and `Common/Row.h` divide their work on a family of devices. Here and nowhere
/// else: the kernels receive the numbers as macros.
struct KernelGeometry: Hashable, Sendable {
    /// Elements that a work-item handles at a time.
    let vector: Int
    /// Neighbouring elements of a work-item in pointwise kernels.
    let chunk: Int
    /// Work-items that share a row in row kernels.
    let rowItems: Int
    /// Work-items of a work-group in pointwise kernels.
    let chunkItems: Int

    /// The geometry for a device.
    init(for device: OpenCLDevice) {
        switch device.family {
        case .cpuLike: (vector, chunk, rowItems, chunkItems) = (16, 4096, 1, 1)
        case .gpuLike:
            let limit = min(device.maximumWorkGroupSize, device.maximumWorkItemSizes.first ?? 1)
            // Trees over a work-group need a power of two.
            var powerOfTwo = 1
            while powerOfTwo < 256, powerOfTwo * 2 <= limit { powerOfTwo *= 2 }
            (vector, chunk, rowItems, chunkItems) = (1, 1, min(64, powerOfTwo), powerOfTwo)
        }
    }

    /// A work-group of the kernels built on `Common/ChannelVector.h`, along the channels and along dimension 1: 64 work-items
    /// on a GPU, a whole wave of any, however few the channels.
    func channelGroup(channels: Int) -> [Int] {
        guard vector == 1 else { return [1, 1] }
        var items = 1
        while items < min(channels, rowItems) { items *= 2 }
        return [items, rowItems / items]
    }

    /// The work-items of such a kernel: those of whole groups, so that it has to ask whether there is anything for it.
    func channelItems(channels: Int, rows: Int) -> [Int] {
        let group = channelGroup(channels: channels)
        return [vector > 1 ? 1 : channels.rounded(upTo: group[0]), rows.rounded(upTo: group[1])]
    }

    /// The compiler's options.
    var options: [String] {
        ["-D VECTOR=\(vector)", "-D CHUNK=\(chunk)", "-D ROW_ITEMS=\(rowItems)", "-D CHUNK_ITEMS=\(chunkItems)"]
    }
}
