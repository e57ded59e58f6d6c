/// A 128-bit FNV-1a hash of several texts, each with its length before it, so that no two lists run together. Names files
/// of the program cache; not meant to withstand an attacker, who could write into the cache folder anyway.
/// Source: Fowler, Noll, Vo, draft-eastlake-fnv.
struct CacheKey {
    private var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D

    init(_ texts: [String]) {
        for text in texts {
            withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { add($0) }
            var text = text
            text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
        }
    }

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { add($0) }
    }

    /// 32 hexadecimal digits.
    var hexadecimal: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
    }
}
