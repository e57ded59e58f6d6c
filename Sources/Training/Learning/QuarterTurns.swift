import Tensors

/// By how many quarter turns, anticlockwise, each image of a batch is rotated.
struct QuarterTurns {
    /// 0 to 3 for each image.
    let turns: [Int32]

    /// Each image turned as given.
    init(_ turns: [Int32]) {
        self.turns = turns
    }

    /// One step's draw, each number of turns equally likely.
    init(count: Int, step: UInt32, seed: UInt64) {
        var generator = PhiloxGenerator(RandomStream(seed: seed, purpose: .rotation, step: step))
        turns = (0..<count).map { _ in Int32(generator.integer(below: 4)) }
    }

    /// The images `[N, H, W, C]`, turned. Pixels are rows to be gathered; which ones, the host says.
    ///
    /// - Throws: `TensorError.invalidArgument` if they are not square, or not as many as there are turns.
    func turned(_ images: Tensor, on backend: any Backend) throws -> Tensor {
        let shape = images.shape
        guard shape.rank == 4, shape[0] == turns.count, shape[1] == shape[2] else {
            throw TensorError.invalidArgument(
                operation: "quarter turns",
                problem: "images of \(shape) cannot be turned by \(turns.count) numbers of quarter turns; square ones, "
                    + "as many, are needed")
        }
        let (side, pixels) = (shape[1], shape[1] * shape[2])
        var sources: [Int32] = []
        sources.reserveCapacity(turns.count * pixels)
        for (image, turns) in turns.enumerated() {
            for pixel in 0..<pixels {
                let source = Self.source(row: pixel / side, column: pixel % side, turns: turns, last: side - 1)
                sources.append(Int32(image * pixels + source.row * side + source.column))
            }
        }
        let rows = try images.reshaped(to: Shape([turns.count * pixels, shape[3]]))
        let indices = try backend.tensor(sources, Shape([sources.count]))
        return try backend.gatherRows(rows, indices: indices).reshaped(to: shape)
    }

    /// The pixel that comes to lie at this place. Turned once, the right column becomes the top row.
    private static func source(row: Int, column: Int, turns: Int32, last: Int) -> (row: Int, column: Int) {
        switch turns {
        case 1: (column, last - row)
        case 2: (last - row, last - column)
        case 3: (last - column, row)
        default: (row, column)
        }
    }
}
