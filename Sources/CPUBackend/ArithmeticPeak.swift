import CVectorKernels
import Tensors

extension CPUBackend {
    /// By multiply-adds from registers to registers on all cores, in the widest vectors that the processor has.
    public func measureArithmeticPeak() throws -> Double {
        let kernels = VectorKernels.widest
        // Several pieces for each core, so that one that is held up does not hold up all.
        let pieces = device.computeUnits * 4
        var results = [Float](repeating: 0, count: pieces)
        return PeakTimer.bestRate { rounds in
            results.withUnsafeMutableBufferPointer { results in
                Parallel.forEachRange(of: pieces, length: 1) { range in
                    results[range.lowerBound] = kernels.multiplyAdds(rounds)
                }
            }
            return 2 * pieces * rounds * kernels.multiplyAddsPerRound
        }
    }
}
