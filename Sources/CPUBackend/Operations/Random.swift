import Tensors

extension CPUBackend {
    /// The upper 24 bits of each word, exactly.
    public func randomUniform(_ shape: Shape, stream: RandomStream) throws -> Tensor {
        _ = begin("randomUniform")
        return try fromBlocks(shape) { block in
            let words = Philox.block(block, of: stream)
            return SIMD4(
                Philox.uniform(words[0]), Philox.uniform(words[1]),
                Philox.uniform(words[2]), Philox.uniform(words[3]))
        }
    }

    /// Box and Muller's transform in double precision, rounded once.
    public func randomNormal(_ shape: Shape, stream: RandomStream) throws -> Tensor {
        _ = begin("randomNormal")
        return try fromBlocks(shape) { block in
            let words = Philox.block(block, of: stream)
            let (first, second) = Philox.normals(words[0], words[1])
            let (third, fourth) = Philox.normals(words[2], words[3])
            return SIMD4(Float(first), Float(second), Float(third), Float(fourth))
        }
    }

    /// A tensor whose elements `4 i ..< 4 i + 4` are what `numbers` makes of block i.
    private func fromBlocks(_ shape: Shape, _ numbers: (_ block: UInt32) -> SIMD4<Float>) throws -> Tensor {
        let (output, y) = try makeFloats(shape)
        let count = shape.count
        Parallel.forEachRange(of: (count + 3) / 4, length: 1024) { blocks in
            for block in blocks {
                let four = numbers(UInt32(truncatingIfNeeded: block))
                for i in 4 * block..<min(count, 4 * block + 4) { y[i] = four[i - 4 * block] }
            }
        }
        return output
    }
}
