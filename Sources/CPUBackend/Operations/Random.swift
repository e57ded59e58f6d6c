import Tensors

extension CPUBackend {
    public func randomUniform(_ shape: Shape, stream: RandomStream) throws -> Tensor {
        _ = begin("randomUniform")
        return try fromBlocks(shape, stream) { words, numbers in
            for lane in 0..<4 { numbers[lane] = Philox.uniform(words[lane]) }
        }
    }

    public func randomNormal(_ shape: Shape, stream: RandomStream) throws -> Tensor {
        _ = begin("randomNormal")
        return try fromBlocks(shape, stream) { words, numbers in
            for lane in [0, 2] {
                let (first, second) = Philox.normals(words[lane], words[lane + 1])
                (numbers[lane], numbers[lane + 1]) = (Float(first), Float(second))
            }
        }
    }

    /// A tensor whose elements `4 i ..< 4 i + 4` come from block i of the stream.
    private func fromBlocks(
        _ shape: Shape, _ stream: RandomStream,
        _ convert: (_ words: SIMD4<UInt32>, _ numbers: inout SIMD4<Float>) -> Void
    ) throws -> Tensor {
        let (output, y) = try makeFloats(shape)
        let count = shape.count
        Parallel.forEachRange(of: (count + 3) / 4, length: 1024) { blocks in
            for block in blocks {
                var numbers = SIMD4<Float>()
                convert(Philox.block(UInt32(truncatingIfNeeded: block), of: stream), &numbers)
                for i in 4 * block..<min(count, 4 * block + 4) { y[i] = numbers[i - 4 * block] }
            }
        }
        return output
    }
}
