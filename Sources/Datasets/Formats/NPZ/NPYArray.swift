/// An array in an archive of NumPy, of which the header has been read and nothing else.
struct NPYArray {
    /// Larger arrays are no data set to be held in memory.
    private static let byteLimit = 1 << 31

    /// The length of each dimension.
    let shape: [Int]
    /// The type of elements as NumPy spells it.
    let elementType: String

    private let reader: ZipEntryReader
    /// Elements in all.
    private let count: Int
    private let elementLength: Int

    /// Reads the header of the entry `name`.npy. Elements are whole numbers, row by row.
    ///
    /// - Throws: `DatasetError.corrupt`.
    init(_ name: String, in archive: ZipArchive) throws {
        let entry = "\(name).npy"
        reader = try ZipEntryReader(archive, entry: entry)
        let start = try reader.read(NPYHeader.signature.count + 2, of: "an array's header")
        let (version, lengthLength) = (start[6], start[6] == 1 ? 2 : 4)
        guard start.starts(with: NPYHeader.signature), version == 1 || version == 2 else {
            throw reader.corrupt("is no array of NumPy in version 1 or 2 of its format")
        }
        let headerLength = try reader.read(lengthLength, of: "an array's header").number(at: 0, lengthLength) ?? 0
        guard headerLength <= NPYHeader.lengthLimit else {
            throw reader.corrupt(
                "has a header of \(headerLength) bytes, of which at most \(NPYHeader.lengthLimit) are read")
        }
        let header: NPYHeader
        do {
            header = try NPYHeader(try reader.read(headerLength, of: "an array's header"))
        } catch let refusal as NPYHeader.Refusal {
            throw reader.corrupt("has a header that \(refusal.problem)")
        }
        guard let length = Self.length(ofInteger: header.elementType) else {
            throw reader.corrupt(
                "is of the type \(header.elementType.debugDescription); whole numbers are read, such as numpy.uint8")
        }
        guard !header.isColumnMajor || header.shape.count < 2 else {
            throw reader.corrupt("lies column by column; save numpy.ascontiguousarray of it")
        }
        var count = 1
        for dimension in header.shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= Self.byteLimit / length else {
                throw reader.corrupt(
                    "has the shape \(header.shape), more than the \(Self.byteLimit) bytes that are read")
            }
            count = product
        }
        let promised = start.count + lengthLength + headerLength + count * length
        guard archive.entries[entry]?.count == promised else {
            throw reader.corrupt(
                "has \(archive.entries[entry]?.count ?? 0) bytes, but its shape \(header.shape) needs \(promised)")
        }
        self.count = count
        elementLength = length
        shape = header.shape
        elementType = header.elementType
    }

    /// The elements of an array of unsigned bytes.
    ///
    /// - Throws: `DatasetError.corrupt`.
    func bytes() throws -> [UInt8] {
        guard elementLength == 1, elementType.hasSuffix("u1") else {
            throw reader.corrupt("is of the type \(elementType.debugDescription), expected numpy.uint8")
        }
        let bytes = try reader.read(count, of: "the elements")
        try reader.expectEnd()
        return bytes
    }

    /// The elements.
    ///
    /// - Throws: `DatasetError.corrupt`, also for numbers beyond 64 bits with sign.
    func integers() throws -> [Int] {
        let bytes = try reader.read(count * elementLength, of: "the elements")
        try reader.expectEnd()
        let (isSigned, isBigEndian) = (elementType.contains("i"), elementType.hasPrefix(">"))
        return try (0..<count).map { index in
            let element = bytes[index * elementLength..<(index + 1) * elementLength]
            let bits = (isBigEndian ? Array(element) : element.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let spare = 64 - 8 * elementLength
            // Moved to the top and back, the sign fills what is spare.
            guard let value = isSigned ? Int(Int64(bitPattern: bits << spare) >> spare) : Int(exactly: bits) else {
                throw reader.corrupt("has a number that is too large, \(bits)")
            }
            return value
        }
    }

    /// Bytes of a whole number of the type, such as 8 of `<i8`; nil for other types.
    private static func length(ofInteger type: String) -> Int? {
        let characters = Array(type)
        guard characters.count == 3, "<>|".contains(characters[0]), "iu".contains(characters[1]),
            let length = characters[2].wholeNumberValue, [1, 2, 4, 8].contains(length)
        else { return nil }
        return length
    }
}
