import NeuralNetworks
import Tensors

/// MoCo v2's loss and its queue: each query must pick the key of its own image among the keys of earlier batches.
///
/// `−1/B Σ_i log( exp(<q_i, k_i>/T) / (exp(<q_i, k_i>/T) + Σ_j exp(<q_i, queue_j>/T)) )`, all rows of length 1.
///
/// Sources: He, Fan, Wu, Xie, Girshick, "Momentum contrast for unsupervised visual representation learning", CVPR 2020,
/// equation 1 and algorithm 1; Chen, Fan, Girshick, He, "Improved baselines with momentum contrastive learning", 2020.
/// Keys come from a moving average of the encoder, and are constants.
public final class MomentumContrast {
    /// T; 0.2 in MoCo v2.
    public let temperature: Float
    /// `[L, D]`: the latest keys, each of length 1; random directions until there are enough.
    private let queue: Tensor
    /// The row that the next key goes to.
    private var pointer = 0
    private let backend: any Backend

    /// A queue of random directions.
    ///
    /// - Parameters:
    ///   - queueLength: L, a multiple of the batch size.
    ///   - width: D, of the projections.
    ///   - stream: where the directions are drawn from.
    public init(
        queueLength: Int, width: Int, temperature: Float, stream: RandomStream, on backend: any Backend
    ) throws {
        try Expect.positive(queueLength, "the queue's length", operation: "MomentumContrast")
        try Expect.positive(width, "the width", operation: "MomentumContrast")
        try Expect.positive(temperature, "the temperature", operation: "MomentumContrast")
        self.temperature = temperature
        self.backend = backend
        queue = try backend.l2Normalize(
            backend.randomNormal(try Shape([queueLength, width]), stream: stream), epsilon: 1e-12)
    }

    /// The loss of a batch, `[1]`; afterwards its keys take the place of the oldest in the queue.
    ///
    /// - Parameters:
    ///   - queries: `[B, D]`, of any length.
    ///   - keys: `[B, D]`, of any length, of other views of the same images in the same order.
    /// - Throws: `MethodError.invalidInput` if the queue's length is no multiple of B.
    public func loss(queries: Variable, keys: Tensor, on tape: Tape) throws -> Variable {
        let (length, images) = (queue.shape[0], queries.shape.rows)
        guard images > 0, length % images == 0 else {
            throw MethodError.invalidInput(
                name: "queries", problem: "has \(images) rows; the queue's \(length) must be a multiple of that")
        }
        try Expect.shape(queries.value, [images, queue.shape[1]], "the queries", operation: "MomentumContrast")
        try Expect.shape(keys, queries.shape, "the keys", operation: "MomentumContrast")
        let directions = try backend.l2Normalize(keys, epsilon: 1e-12)
        // The batch's own keys come first, so that one product gives all similarities: of these columns only the
        // diagonal counts.
        let candidates = try tape.concatenate([tape.constant(directions), tape.constant(queue)])
        let similarities = try tape.matrixProduct(
            tape.l2Normalize(queries), candidates, transposeB: true, scale: 1 / temperature)
        let own = try backend.identity(rows: images, columns: images + length)
        let loss = try tape.crossEntropy(
            tape.add(similarities, tape.constant(otherImagesOfTheBatch(own: own))), targets: own)
        try backend.copy(directions, into: queue.slice(pointer..<pointer + images))
        pointer = (pointer + images) % length
        return loss
    }

    /// `[B, B + L]`: excludes keys of the batch's other images, which are not in the queue yet.
    private func otherImagesOfTheBatch(own: Tensor) throws -> Tensor {
        let columns = try backend.tensor(repeating: 0, try Shape([own.shape[1]]))
        try backend.fill(columns.slice(0..<own.shape[0]), with: .excluded)
        return try backend.binary(.multiply, backend.affine(own, scale: -1, shift: 1), columns)
    }

    /// What a checkpoint holds: `queue` and `pointer`. Waits.
    public func state() throws -> [String: HostTensor] {
        ["queue": try backend.read(queue), "pointer": try HostTensor([Int32(pointer)], shape: [1])]
    }

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `MethodError.invalidState` if a name or a shape does not fit.
    public func restore(_ state: [String: HostTensor]) throws {
        var reader = StateReader(state)
        let keys = try reader.take("queue", queue.shape, .float32)
        let pointer = try reader.take("pointer", [1], .int32).integers().map(Int.init)
        try reader.finish()
        guard let pointer = pointer.first, (0..<queue.shape[0]).contains(pointer) else {
            throw MethodError.invalidState(name: "pointer", problem: "is beyond the queue's end")
        }
        try keys.bytes.withUnsafeBytes { try backend.write($0, into: queue) }
        self.pointer = pointer
    }
}
