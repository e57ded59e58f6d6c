import Foundation

/// Which random numbers are meant: a stream is named, never saved. The same name gives the same numbers on every
/// backend, so that resuming needs no generator state.
public struct RandomStream: Hashable, Sendable {
    /// What the numbers are for; streams of different purposes are independent.
    public enum Purpose: UInt32, Sendable {
        case initialization = 1
        case split = 2
        case labelledOrder = 3
        case unlabelledOrder = 4
        case weakAugmentation = 5
        case strongAugmentation = 6
        case method = 7
        case testing = 8
        case secondWeakAugmentation = 9
        case secondStrongAugmentation = 10
        case labelNoise = 11
        case balancedOrder = 12
        case balancedAugmentation = 13
        case mixing = 14
        case rotation = 15
    }

    /// The run's seed.
    public var seed: UInt64
    /// What the numbers are for.
    public var purpose: Purpose
    /// The training step, epoch or parameter index.
    public var step: UInt32
    /// The sample, class or view inside the step.
    public var sample: UInt32

    /// Names a stream.
    public init(seed: UInt64, purpose: Purpose, step: UInt32 = 0, sample: UInt32 = 0) {
        self.seed = seed
        self.purpose = purpose
        self.step = step
        self.sample = sample
    }

    /// A number for a name, the same everywhere (FNV-1a): what tells apart the streams of things that have no number.
    public static func sample(named name: String) -> UInt32 {
        name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}

/// Philox4x32-10, a counter-based generator: block `i` of a stream is a pure function of the stream's name and `i`.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// The key is the seed (low word first); the counter is (block, sample, step, purpose).
public enum Philox {
    /// Four random words: block `block` of `stream`.
    public static func block(_ block: UInt32, of stream: RandomStream) -> SIMD4<UInt32> {
        self.block(
            counter: SIMD4(block, stream.sample, stream.step, stream.purpose.rawValue),
            key: SIMD2(UInt32(truncatingIfNeeded: stream.seed), UInt32(truncatingIfNeeded: stream.seed >> 32)))
    }

    /// The generator itself: ten rounds, the key moving on after each.
    static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (counter, key) = (counter, key)
        for _ in 0..<10 {
            let first = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter[0])
            let second = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter[2])
            counter = SIMD4(second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
            key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return counter
    }

    /// A word as a number in [0, 1): its upper 24 bits, so that the conversion is exact.
    public static func uniform(_ word: UInt32) -> Float {
        Float(word >> 8) * 0x1p-24
    }

    /// Two words as two independent numbers of mean 0 and variance 1, by Box and Muller's transform:
    /// `r cos 2πw` and `r sin 2πw` with `r = √(−2 ln(1 − u))`.
    public static func normals(_ u: UInt32, _ w: UInt32) -> (Double, Double) {
        let radius = (-2 * log(1 - Double(uniform(u)))).squareRoot()
        let angle = 2 * Double.pi * Double(uniform(w))
        return (radius * cos(angle), radius * sin(angle))
    }
}

/// Draws one number after another from a stream. For the host's work: splits, augmentation, initial weights.
public struct PhiloxGenerator: RandomNumberGenerator, Sendable {
    /// The stream the numbers come from.
    public let stream: RandomStream
    private var nextBlock: UInt32 = 0
    private var words = SIMD4<UInt32>()
    private var used = 4

    /// Starts at the stream's beginning.
    public init(_ stream: RandomStream) {
        self.stream = stream
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if used == 4 {
            words = Philox.block(nextBlock, of: stream)
            nextBlock &+= 1
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }

    /// The next 64 random bits, low word first.
    public mutating func next() -> UInt64 {
        let low = UInt64(nextWord())
        return UInt64(nextWord()) << 32 | low
    }

    /// A number in [0, 1).
    public mutating func uniform() -> Float {
        Philox.uniform(nextWord())
    }

    /// An integer in `0..<bound`, each equally likely. Source: Lemire, "Fast random integer generation in an interval",
    /// 2019; written out here because the standard library does not promise to keep its own sequence.
    ///
    /// - Precondition: `bound` is positive and fits 32 bits.
    public mutating func integer(below bound: Int) -> Int {
        let bound = UInt32(bound)
        let threshold = (0 &- bound) % bound
        while true {
            let product = nextWord().multipliedFullWidth(by: bound)
            if product.low >= threshold { return Int(product.high) }
        }
    }

    /// `0..<count` in random order (Fisher–Yates).
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        var index = count - 1
        while index > 0 {
            order.swapAt(index, integer(below: index + 1))
            index -= 1
        }
        return order
    }
}
