import Foundation

/// The directory of a ZIP archive, as far as NumPy's need it: entries that are stored or deflated, in one file of up to 4 GB.
///
/// Everything is checked before an entry is read: entries lie inside the file and apart from each other, and promise no more
/// bytes than their compressed ones can give.
///
/// Source: PKWARE, APPNOTE.TXT 6.3.10.
struct ZipArchive {
    /// A file in the archive.
    struct Entry {
        /// The whole entry in the archive: its header, then its bytes.
        let range: Range<Int>
        /// Where its bytes begin.
        let start: Int
        /// Whether they are deflated; stored as they are if not.
        let isDeflated: Bool
        /// Bytes once they are unpacked.
        let count: Int
        /// CRC-32 of these.
        let checksum: UInt32
    }

    /// More than any archive of arrays has.
    private static let entryLimit = 1000
    private static let directoryLimit = 1 << 20
    /// Deflate gives no more bytes than that for one.
    private static let largestRatio = 1032

    /// Entries by name.
    let entries: [String: Entry]
    /// The archive.
    let file: RandomAccessFile

    /// Reads the directory.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    init(path: String, advice: String) throws {
        file = try RandomAccessFile(path: path, advice: advice)
        let (directory, count, end) = try Self.directory(of: file)
        var entries: [String: Entry] = [:]
        var rest = directory[...]
        for _ in 0..<count {
            let (name, entry) = try Self.entry(&rest, before: end, in: file)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw file.corrupt("is a ZIP archive with two entries of the name \(name)")
            }
        }
        let ranges = entries.values.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
        guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else {
            throw file.corrupt("is a ZIP archive whose entries overlap")
        }
        self.entries = entries
    }

    private static let endSignature: UInt32 = 0x0605_4B50
    private static let entrySignature: UInt32 = 0x0201_4B50
    private static let headerSignature: UInt32 = 0x0403_4B50
    private static let (endLength, entryLength, headerLength) = (22, 46, 30)

    /// The bytes of the central directory, how many entries it has, and where it begins.
    private static func directory(of file: RandomAccessFile) throws -> (bytes: [UInt8], count: Int, start: Int) {
        // The end may have a comment of up to 65,535 bytes.
        let tailStart = max(0, file.count - endLength - 0xFFFF)
        let tail = try file.bytes(from: tailStart, upTo: file.count - tailStart)
        let candidates = stride(from: tail.count - endLength, through: 0, by: -1)
        guard
            let place = candidates.first(where: { place in
                tail.number(at: place, 4) == Int(endSignature)
                    && tail.number(at: place + 20, 2) == tail.count - place - endLength
            }), let disk = tail.number(at: place + 4, 4), let countHere = tail.number(at: place + 8, 2),
            let count = tail.number(at: place + 10, 2), let length = tail.number(at: place + 12, 4),
            let start = tail.number(at: place + 16, 4)
        else { throw file.corrupt("is no ZIP archive, or is cut short: its directory is not at its end") }
        guard disk == 0, count == countHere, count < 0xFFFF, start < 0xFFFF_FFFF else {
            throw file.corrupt("is a ZIP archive of several parts, or of more than 4 GB, which is not read")
        }
        guard count <= entryLimit, length <= directoryLimit, start + length <= tailStart + place else {
            throw file.corrupt(
                "is a ZIP archive whose directory promises \(count) entries in \(length) bytes, which cannot be")
        }
        return (try file.bytes(from: start, upTo: length), count, start)
    }

    /// The next entry of the directory.
    private static func entry(
        _ rest: inout ArraySlice<UInt8>, before end: Int, in file: RandomAccessFile
    ) throws -> (String, Entry) {
        let bytes = Array(rest.prefix(entryLength))
        guard bytes.number(at: 0, 4) == Int(entrySignature), let flags = bytes.number(at: 8, 2),
            let method = bytes.number(at: 10, 2), let checksum = bytes.number(at: 16, 4),
            let packedCount = bytes.number(at: 20, 4), let count = bytes.number(at: 24, 4),
            let nameLength = bytes.number(at: 28, 2), let extraLength = bytes.number(at: 30, 2),
            let commentLength = bytes.number(at: 32, 2), let offset = bytes.number(at: 42, 4),
            rest.count >= entryLength + nameLength + extraLength + commentLength
        else { throw file.corrupt("is a ZIP archive with a damaged directory") }
        let name = String(decoding: rest.dropFirst(entryLength).prefix(nameLength), as: UTF8.self)
        rest = rest.dropFirst(entryLength + nameLength + extraLength + commentLength)
        func corrupt(_ problem: String) -> DatasetError {
            file.corrupt("its entry \(name.debugDescription) \(problem)")
        }

        guard name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else { throw corrupt("has no name that can be") }
        guard flags & 1 == 0 else { throw corrupt("is encrypted, which is not read") }
        guard method == 0 || method == 8 else { throw corrupt("is packed by method \(method), which is not read") }
        guard offset < 0xFFFF_FFFF, packedCount < 0xFFFF_FFFF, count < 0xFFFF_FFFF else {
            throw corrupt("has more than 4 GB, which is not read")
        }
        let header = try file.bytes(from: offset, upTo: headerLength)
        guard header.number(at: 0, 4) == Int(headerSignature), let ownNameLength = header.number(at: 26, 2),
            let ownExtraLength = header.number(at: 28, 2)
        else { throw corrupt("is not where the directory says") }
        let start = offset + headerLength + ownNameLength + ownExtraLength
        guard start + packedCount <= end else { throw corrupt("reaches beyond the archive's entries") }
        guard method == 0 ? count == packedCount : count <= packedCount * largestRatio else {
            throw corrupt("promises \(count) bytes out of \(packedCount), which cannot be")
        }
        return (
            name,
            Entry(
                range: offset..<start + packedCount, start: start, isDeflated: method == 8, count: count,
                checksum: UInt32(truncatingIfNeeded: checksum))
        )
    }
}

extension [UInt8] {
    /// A number of so many bytes, the lowest first; nil beyond the end.
    func number(at place: Int, _ length: Int) -> Int? {
        guard place >= 0, place <= count - length else { return nil }
        return self[place..<place + length].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
