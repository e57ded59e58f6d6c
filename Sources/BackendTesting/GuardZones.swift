import Tensors

/// Guard zones: elements before and after a tensor that nobody may read (they are NaN, or a huge index) or write.
enum GuardZones {
    /// Odd, so that no vector load finds its usual alignment.
    static let elementsBefore = 67
    static let elementsAfter = 61

    static func surround(_ host: HostTensor) throws -> HostTensor {
        let element = pattern(host.elementType)
        let count = elementsBefore + host.shape.count + elementsAfter
        let before = [[UInt8]](repeating: element, count: elementsBefore).flatMap { $0 }
        let after = [[UInt8]](repeating: element, count: elementsAfter).flatMap { $0 }
        return try HostTensor(
            shape: [count], elementType: host.elementType, bytes: before + host.bytes + after)
    }

    /// What is wrong with the zones around a tensor; nil if they are untouched.
    static func damage(of surroundings: HostTensor, around host: HostTensor) -> String? {
        let element = pattern(host.elementType)
        let size = element.count
        let end = elementsBefore + host.shape.count
        func isTouched(_ index: Int) -> Bool {
            Array(surroundings.bytes[index * size..<(index + 1) * size]) != element
        }
        if let index = (0..<elementsBefore).last(where: isTouched) {
            return "element \(index - elementsBefore), before the first, was overwritten"
        }
        if let index = (end..<end + elementsAfter).first(where: isTouched) {
            return "element \(index - elementsBefore), after the last, was overwritten"
        }
        return nil
    }

    /// A NaN that no arithmetic makes, an index far outside every tensor, a byte.
    private static func pattern(_ type: ElementType) -> [UInt8] {
        switch type {
        case .float32: withUnsafeBytes(of: Float(nan: 0x1234, signaling: false)) { Array($0) }
        case .float16: withUnsafeBytes(of: 0x7E12 as UInt16) { Array($0) }
        case .int32: withUnsafeBytes(of: Int32(0x7EAD_BEEF)) { Array($0) }
        case .uint8: [0xA5]
        }
    }
}
