import Tensors

/// A filter gradient in two stages: each chunk of the output's rows or pixels gives a partial result; SumPartials.cl adds
/// them in ascending order.
struct FilterGradientChunks {
    /// Rows or pixels of a chunk; the last may have fewer.
    let length: Int
    /// How many chunks.
    let count: Int

    /// Chunks of a multiple of `unit`, as many as make enough work-groups for the device but for the memory that their
    /// partial results take.
    ///
    /// - Parameters:
    ///   - total: rows or pixels of the whole batch.
    ///   - groupsPerChunk: work-groups that one chunk makes.
    ///   - partialCount: floats of a chunk's partial result.
    init(total: Int, unit: Int = 1, groupsPerChunk: Int, partialCount: Int, on device: OpenCLDevice) {
        let enough = (4 * device.computeUnits).dividedRoundingUp(by: groupsPerChunk)
        let affordable = max(1, (64 << 20) / (4 * partialCount))
        let wanted = max(1, min(max(enough, 4), affordable, total.dividedRoundingUp(by: unit)))
        length = total.dividedRoundingUp(by: wanted).rounded(upTo: unit)
        count = total.dividedRoundingUp(by: length)
    }

    /// Enqueues both stages.
    ///
    /// - Parameter enqueuePartials: enqueues the first stage, which writes `[chunk, R, S, Cin, Cout]` into the tensor given.
    func enqueue(
        into filterGradient: Tensor, on backend: OpenCLBackend, enqueuePartials: (Tensor) throws -> Void
    ) throws {
        guard count > 1 else { return try enqueuePartials(filterGradient) }
        let partials = try backend.makeTensor([count, filterGradient.count], .float32)
        try enqueuePartials(partials)
        try backend.launchChunks(
            "sumPartials", in: "Convolution/SumPartials.cl", count: filterGradient.count,
            arguments: [.tensor(partials), .tensor(filterGradient), .int(filterGradient.count), .int(count)])
    }
}
