/// An array of bytes in the IDX format of the MNIST family: two zero bytes, the element type (8 = unsigned byte), the
/// number of dimensions, each dimension as a big-endian 32-bit number, then the elements in row-major order.
///
/// Source: LeCun, Cortes, Burges, "The MNIST database", section "File formats".
struct IDXFile {
    /// The largest array that is read: a header may promise anything.
    static let byteLimit = 1 << 30

    /// The length of each dimension.
    let dimensions: [Int]
    /// The elements.
    let bytes: [UInt8]

    /// Reads a file, plain or packed with gzip, that must hold an array of `rank` dimensions.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    init(path: String, rank: Int, advice: String) throws {
        let file = try DataFile(path: path, advice: advice)
        let magic = try file.read(4, of: "the IDX header")
        let expected: [UInt8] = [0, 0, 8, UInt8(truncatingIfNeeded: rank)]
        guard magic == expected else {
            throw file.corrupt(
                "is not an IDX file of \(rank) dimensions: expected it to start with \(expected), found \(magic)")
        }
        let lengths = try file.read(4 * rank, of: "IDX dimensions")
        dimensions = (0..<rank).map { dimension in
            lengths[4 * dimension..<4 * dimension + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= Self.byteLimit else {
                throw file.corrupt("expected at most \(Self.byteLimit) bytes, found dimensions \(dimensions)")
            }
            count = product
        }
        let content = "an array of \(dimensions.map(String.init).joined(separator: "×"))"
        bytes = try file.read(count, of: content)
        try file.expectEnd(after: content)
    }
}
