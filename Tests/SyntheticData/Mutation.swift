import Tensors

/// Hands on `count` different damages of a file, the same ones in every run: up to four bytes are others, most often near
/// the start where the headers are; sometimes it is cut or lengthened as well.
public func forEachMutation(
    of original: [UInt8], count: Int, headerBytes: Int = 24, _ body: (_ index: Int, _ bytes: [UInt8]) throws -> Void
) rethrows {
    var generator = PhiloxGenerator(RandomStream(seed: 7, purpose: .testing))
    for index in 0..<count { try body(index, mutated(original, headerBytes: headerBytes, with: &generator)) }
}

private func mutated(_ original: [UInt8], headerBytes: Int, with generator: inout PhiloxGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<1 + generator.integer(below: 4) {
        let reach = generator.uniform() < 0.6 ? min(headerBytes, bytes.count) : bytes.count
        bytes[generator.integer(below: reach)] = UInt8(truncatingIfNeeded: generator.nextWord())
    }
    switch generator.integer(below: 8) {
    case 0: bytes.removeLast(generator.integer(below: bytes.count))
    case 1: bytes += (0...generator.integer(below: 40)).map { UInt8($0) }
    default: break
    }
    return bytes
}
