/// Random numbers that depend on nothing but the stream's name; see ``Philox``.
/// Uniform numbers have the same bits on every backend; normal ones agree within the rounding of log and cos.
public protocol RandomOperations: AnyObject {
    /// Numbers in [0, 1): element i is word i mod 4 of block i / 4.
    func randomUniform(_ shape: Shape, stream: RandomStream) throws -> Tensor

    /// Numbers of mean 0 and variance 1 by Box and Muller's transform: of each block's words (a, b, c, d) come
    /// `r₁ cos 2πu_b, r₁ sin 2πu_b, r₂ cos 2πu_d, r₂ sin 2πu_d` with `r₁ = √(−2 ln(1 − u_a))`, `r₂` likewise from c.
    func randomNormal(_ shape: Shape, stream: RandomStream) throws -> Tensor
}

extension RandomOperations where Self: MemoryOperations {
    /// `0..<count` in random order (int32), drawn by the host: it is small, and sampling orders are needed there.
    ///
    /// - Throws: `TensorError.invalidArgument` if `count` is negative or more than int32 can number.
    public func randomPermutation(_ count: Int, stream: RandomStream) throws -> Tensor {
        guard count >= 0, count <= Int(Int32.max) else {
            throw TensorError.invalidArgument(
                operation: "randomPermutation", problem: "\(count) is not a number of elements")
        }
        var generator = PhiloxGenerator(stream)
        return try tensor(generator.permutation(of: count).map(Int32.init), [count])
    }
}
