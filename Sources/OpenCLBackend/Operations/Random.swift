import Tensors

/// Kernels: Random/random.cl. One launch each.
extension OpenCLBackend: RandomOperations {
    /// A work-item makes four neighbouring numbers from each of its Philox blocks; 4 bytes a number move.
    public func randomUniform(_ shape: Shape, stream: RandomStream) throws -> Tensor {
        try random("uniformNumbers", shape, stream)
    }

    /// As uniform numbers, then Box and Muller's transform on pairs in float32.
    public func randomNormal(_ shape: Shape, stream: RandomStream) throws -> Tensor {
        try random("normalNumbers", shape, stream)
    }

    private func random(_ kernel: String, _ shape: Shape, _ stream: RandomStream) throws -> Tensor {
        let output = try makeTensor(shape, .float32)
        let seed = (low: UInt32(truncatingIfNeeded: stream.seed), high: UInt32(truncatingIfNeeded: stream.seed >> 32))
        try launchChunks(
            kernel, in: "Random/random.cl", count: output.count.dividedRoundingUp(by: 4),
            arguments: [
                .tensor(output), .int(output.count), .bits(seed.low), .bits(seed.high),
                .bits(stream.purpose.rawValue), .bits(stream.step), .bits(stream.sample),
            ])
        return output
    }
}
