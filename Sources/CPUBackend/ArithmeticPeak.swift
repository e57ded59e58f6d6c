import Tensors

extension CPUBackend {
    /// By multiply-adds from registers to registers on all cores, in the instructions that this backend's loops use.
    public func measureArithmeticPeak() throws -> Double {
        // Several pieces for each core, so that one that is held up does not hold up all.
        let pieces = device.computeUnits * 4
        var results = [Float](repeating: 0, count: pieces)
        return PeakTimer.bestRate { rounds in
            results.withUnsafeMutableBufferPointer { results in
                Parallel.forEachRange(of: pieces, length: 1) { range in
                    results[range.lowerBound] = Self.multiplyAdds(rounds: rounds)
                }
            }
            return pieces * rounds * Self.operationsPerRound
        }
    }

    private static let operationsPerRound = 2 * 8 * 8

    /// Eight independent vectors of eight floats. They tend to 1: no infinities, and no denormal numbers, which some
    /// processors handle slowly.
    private static func multiplyAdds(rounds: Int) -> Float {
        typealias Lanes = SIMD8<Float>
        let factor = Lanes(repeating: 0.5)
        var sums = (Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes())
        for _ in 0..<rounds {
            sums.0 = sums.0 * factor + factor
            sums.1 = sums.1 * factor + factor
            sums.2 = sums.2 * factor + factor
            sums.3 = sums.3 * factor + factor
            sums.4 = sums.4 * factor + factor
            sums.5 = sums.5 * factor + factor
            sums.6 = sums.6 * factor + factor
            sums.7 = sums.7 * factor + factor
        }
        let total = sums.0 + sums.1 + sums.2 + sums.3 + sums.4 + sums.5 + sums.6 + sums.7
        return total.sum()
    }
}
