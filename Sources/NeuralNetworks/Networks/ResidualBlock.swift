import Tensors

/// A block of convolutions with a shortcut past them, described.
protocol ResidualBlock: Sendable {
    /// The convolutions, each with the shape that it reads when the block reads `shape`, and the block's output shape.
    func problems(forInput shape: Shape) throws -> (problems: [Convolution2DProblem], outputShape: Shape)
}

extension Sequence where Element: ResidualBlock {
    /// Of the convolutions of blocks that follow one another: two for each multiply-add.
    func floatingPointOperations(forInput shape: Shape) throws -> Int {
        var (shape, operations) = (shape, 0)
        for block in self {
            let (problems, outputShape) = try block.problems(forInput: shape)
            operations += problems.reduce(0) { $0 + $1.floatingPointOperations }
            shape = outputShape
        }
        return operations
    }
}
