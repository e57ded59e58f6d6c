import CVectorKernels

/// The left-hand rows of a product and the rows of its result, as offsets from some first element. A row consists of
/// `taps` pieces of `depth` elements, each of which lies anywhere.
struct RowOffsets {
    /// Pieces of a row.
    let taps: Int
    /// Elements of a piece.
    let depth: Int
    /// Where the pieces begin, row by row; `outside` where a piece is all zeros.
    private(set) var sources: [Int] = []
    /// Where the rows of the result begin.
    private(set) var destinations: [Int] = []
    /// What a piece outside consists of.
    private let zeros: [Float]

    /// Marks a piece of zeros.
    static let outside = -1

    init(taps: Int, depth: Int, rowCapacity: Int) {
        self.taps = taps
        self.depth = depth
        zeros = [Float](repeating: 0, count: depth)
        sources.reserveCapacity(rowCapacity * taps)
        destinations.reserveCapacity(rowCapacity)
    }

    /// Rows so far.
    var count: Int { destinations.count }

    /// Adds the next piece of the next row.
    mutating func append(source: Int) { sources.append(source) }

    /// Ends a row.
    mutating func append(destination: Int) { destinations.append(destination) }

    /// `c[row] = a[row] · panels` for a range of rows and all panels.
    ///
    /// - Precondition: with the rows' offsets added, `a` and `c` stay inside their tensors; `panels.depth` is
    ///   `taps · depth`.
    func multiply(
        _ rows: Range<Int>, of a: UnsafePointer<Float>, by panels: Panels, into c: UnsafeMutablePointer<Float>,
        with kernels: VectorKernels
    ) {
        sources.withUnsafeBufferPointer { sources in
            destinations.withUnsafeBufferPointer { destinations in
                zeros.withUnsafeBufferPointer { zeros in
                    guard !rows.isEmpty, let destinations = destinations.baseAddress else { return }
                    // Without taps, or without depth, nothing is read.
                    let sources = sources.baseAddress ?? destinations
                    let zeros = zeros.baseAddress ?? a
                    for start in panels.starts {
                        var product = RowProduct(
                            rows: rows.count, columns: panels.usedColumns(at: start), taps: taps, depth: depth,
                            a: a, aOffsets: sources + rows.lowerBound * taps, zeros: zeros,
                            panel: panels.panel(at: start), c: c + start,
                            cOffsets: destinations + rows.lowerBound)
                        kernels.multiplyRows(&product)
                    }
                }
            }
        }
    }
}
