/// What is to be made of images of bytes: a program for each view, which names a source image and the instructions that
/// change it one after another.
///
/// Everything random, and everything that needs more than whole numbers, is decided when a program is written. What a
/// device has left to do is described so that every device gets the same bytes: whole numbers, and single additions and
/// multiplications in float32. A program cannot name a pixel outside its image: what is outside is black.
///
/// Programs lie one after another in ``words``: the source image, then instructions, each the raw value of an
/// ``ImageInstruction`` and its operands, the last one being ``ImageInstruction/end``.
///
/// A view may be smaller than its source: a gather or an interpolation cuts it out. Instructions before that work on the
/// whole source, those behind it on the view; a program without one makes a view of the source's centre.
public struct ImagePrograms: Hashable, Sendable {
    /// Rows and columns of pixels.
    public struct Size: Hashable, Sendable {
        public var height: Int, width: Int

        /// So many rows and columns.
        public init(height: Int, width: Int) {
            (self.height, self.width) = (height, width)
        }

        /// Pixels.
        public var area: Int { height * width }
    }

    /// The size of the sources.
    public let sourceSize: Size
    /// The size of the views, not larger in either direction.
    public let viewSize: Size
    /// The size that the newest program's image has now: the source's, and the view's once it is cut out.
    public private(set) var size: Size
    /// Rows of the newest program's image as it is now.
    public var height: Int { size.height }
    /// Columns of it.
    public var width: Int { size.width }
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// All programs.
    public private(set) var words: [Int32] = []
    /// Where in ``words`` each program begins.
    public private(set) var starts: [Int] = []
    /// Where the newest instruction begins, if it is a ``ImageInstruction/gather``.
    private var newestGather: Int?

    /// The most rows, or columns, of an image: coordinates are kept in 65536ths of a pixel in 32 bits.
    private static let longestSide = 1 << 15
    /// The most pixels of an image: sums over one fit 32 bits.
    private static let largestArea = 1 << 23

    /// No programs yet, for images of this size.
    ///
    /// - Parameter viewSize: the views' size; nil for the images' own.
    /// - Throws: `TensorError.invalidArgument` for images that are neither grey nor of three channels, or that have more
    ///   than 2²³ pixels or 2¹⁵ in a row or column; and for views that are larger than these or empty.
    public init(height: Int, width: Int, channels: Int, viewSize: Size? = nil) throws {
        let sides = 1...Self.longestSide
        guard sides.contains(height), sides.contains(width), height * width <= Self.largestArea,
            [1, 3].contains(channels)
        else {
            throw TensorError.invalidArgument(
                operation: "ImagePrograms",
                problem: "images of \(height)×\(width)×\(channels); they have 1 or 3 channels, at most "
                    + "\(Self.longestSide) pixels in a row or column, and \(Self.largestArea) in all")
        }
        sourceSize = Size(height: height, width: width)
        self.viewSize = viewSize ?? sourceSize
        guard (1...height).contains(self.viewSize.height), (1...width).contains(self.viewSize.width) else {
            throw TensorError.invalidArgument(
                operation: "ImagePrograms",
                problem:
                    "views of \(self.viewSize.height)×\(self.viewSize.width) pixels cannot be cut out of images of "
                    + "\(height)×\(width)")
        }
        size = sourceSize
        self.channels = channels
    }

    /// The number of views.
    public var count: Int { starts.count }

    /// The image that each view is made of.
    public var sources: [Int] { starts.map { Int(words[$0]) } }

    /// The same programs on other images: source i becomes `source(i)`.
    public func renumbered(_ source: (Int) -> Int) -> ImagePrograms {
        var result = self
        for start in starts { result.words[start] = Int32(source(Int(words[start]))) }
        return result
    }

    // MARK: - Writing programs

    /// Begins the program of one more view; the instructions that follow belong to it.
    ///
    /// - Parameter source: the number of an image.
    public mutating func begin(source: Int) {
        // The program before keeps the end that stands behind it.
        starts.append(words.count)
        words += [Int32(source), ImageInstruction.end.rawValue]
        newestGather = nil
        size = sourceSize
    }

    /// Takes row y of the result from row `rows[y]`, column x from column `columns[x]`. Black where there is no such row or
    /// column. Two of these in a row become one.
    ///
    /// - Precondition: one for each row and column of the image as it is now, or of the view, which is then cut out.
    public mutating func gather(rows: [Int], columns: [Int]) {
        let result = Size(height: rows.count, width: columns.count)
        precondition(result == size || result == viewSize, "a row or column of the result has no source")
        var sources: (rows: [Int32], columns: [Int32])
        if let newestGather {
            let first = newestGather + 3
            sources = (
                Self.taken(rows, from: words[first..<first + height]),
                Self.taken(columns, from: words[first + height..<first + height + width])
            )
            words.removeSubrange(newestGather...)
            words.append(ImageInstruction.end.rawValue)
        } else {
            sources = (Self.taken(rows, from: 0..<Int32(height)), Self.taken(columns, from: 0..<Int32(width)))
        }
        let start = words.count - 1
        append(.gather, [Int32(result.height), Int32(result.width)] + sources.rows + sources.columns)
        newestGather = start
        size = result
    }

    /// The elements at these places; −1 where there is none.
    private static func taken(
        _ places: [Int], from elements: some RandomAccessCollection<Int32>
    ) -> [Int32] {
        places.map { place in
            guard place >= 0, place < elements.count else { return -1 }
            return elements[elements.index(elements.startIndex, offsetBy: place)]
        }
    }

    /// Cuts the view out of the image, its first pixel at (row, column).
    ///
    /// - Precondition: the view is inside the image.
    public mutating func window(row: Int, column: Int) {
        gather(
            rows: Array(row..<row + viewSize.height), columns: Array(column..<column + viewSize.width))
    }

    /// A place between two pixels of a line.
    public struct Sample: Hashable, Sendable {
        /// The pixel before it, and the one behind.
        public var first: Int, second: Int
        /// How far it is on the way from one to the other, 0 to 1.
        public var part: Float

        /// A place between two pixels of a line.
        public init(first: Int, second: Int, part: Float) {
            (self.first, self.second, self.part) = (first, second, part)
        }
    }

    /// Bilinear interpolation between the pixels of two rows and two columns:
    /// `trunc(upper · (1 − part) + lower · part + 0.5)`, where upper and lower are interpolated likewise along the row.
    ///
    /// - Precondition: one for each row and column of the view. Pixels outside the image are moved to its edge.
    public mutating func interpolate(rows: [Sample], columns: [Sample]) {
        precondition(
            rows.count == viewSize.height && columns.count == viewSize.width,
            "a row or column of the result has no source")
        func operands(_ samples: [Sample], size: Int) -> [Int32] {
            samples.flatMap {
                [
                    Int32(min(max($0.first, 0), size - 1)), Int32(min(max($0.second, 0), size - 1)),
                    Int32(bitPattern: $0.part.bitPattern),
                ]
            }
        }
        append(.interpolate, operands(rows, size: height) + operands(columns, size: width))
        size = viewSize
    }

    /// Where a pixel is taken from: an affine map in 65536ths of a pixel.
    public struct AffineMap: Hashable, Sendable {
        /// Column `(x + xPerRow · row + xPerColumn · column) >> 16`.
        public var x: Int, xPerRow: Int, xPerColumn: Int
        /// Row `(y + yPerRow · row + yPerColumn · column) >> 16`.
        public var y: Int, yPerRow: Int, yPerColumn: Int

        /// Where a pixel is taken from.
        public init(x: Int, xPerRow: Int, xPerColumn: Int, y: Int, yPerRow: Int, yPerColumn: Int) {
            (self.x, self.xPerRow, self.xPerColumn) = (x, xPerRow, xPerColumn)
            (self.y, self.yPerRow, self.yPerColumn) = (y, yPerRow, yPerColumn)
        }
    }

    /// Takes each pixel from the nearest one at the place that the map sends it to; black outside.
    public mutating func transform(by map: AffineMap) {
        append(
            .affine,
            [map.x, map.xPerRow, map.xPerColumn, map.y, map.yPerRow, map.yPerColumn].map { Int32(clamping: $0) })
    }

    /// Replaces each value by what `transform` makes of it.
    public mutating func map(_ transform: (UInt8) -> UInt8) {
        func packed(_ word: Int) -> Int32 {
            var bytes: UInt32 = 0
            for byte in (0..<4).reversed() { bytes = bytes << 8 | UInt32(transform(UInt8(4 * word + byte))) }
            return Int32(bitPattern: bytes)
        }
        append(.table, (0..<64).map(packed))
    }

    /// Spreads the values of each channel over 0...255: `v ↦ trunc(v·s − smallest·s)` with `s = 255 / (largest − smallest)`,
    /// every operation rounded in double precision, as in Pillow's `ImageOps.autocontrast`. A channel of one value stays.
    public mutating func autoContrast() { append(.autoContrast) }

    /// Gives each channel an even histogram, in whole numbers as in Pillow's `ImageOps.equalize`: the table climbs by the
    /// pixels counted so far over `step`, the number of pixels below the largest value over 255.
    public mutating func equalize() { append(.equalize) }

    /// Moves every pixel away from its own ``grey(_:_:_:)``, or towards it:
    /// `v ↦ trunc(d + strength·(v − d))`, clipped to 0...255, with grey d. A grey image stays.
    public mutating func blendWithGrey(_ strength: Float) { append(.color, strength) }

    /// The same with d the mean of the image in grey, rounded.
    public mutating func blendWithMean(_ strength: Float) { append(.contrast, strength) }

    /// The same with d the image smoothed with `[1 1 1; 1 5 1; 1 1 1] / 13`, rounded; the outermost pixels stay.
    public mutating func blendWithSmoothed(_ strength: Float) { append(.sharpness, strength) }

    /// Turns the hue of every pixel by `shift` 255ths of a circle: Pillow's `convert("HSV")`, `shift` added to the byte H,
    /// and back. A grey image, and a grey pixel, stays.
    ///
    /// In whole numbers, with M and m the largest and smallest of a pixel's values: V = M, S = ⌊255·(M − m)/M⌋ and
    /// H = ⌊85·n/2·(M − m)⌋, where n counts sixths of the circle in units of M − m. Pillow computes in single precision and
    /// falls one short where H is whole before it is cut and one of ``huesRoundedDown``. All 2²⁴ colours agree, and back.
    public mutating func turnHue(by shift: UInt8) { append(.hue, [Int32(shift)]) }

    /// What Pillow's rounding makes one less of exact hues: 256 bits, the first in the lowest of the first word.
    public static let huesRoundedDown: [UInt32] = [
        0xFFFF_FFFE, 0, 0x1100_0000, 0x111, 0x222A_AAAA, 0x2323_2222, 0x2_2222, 0,
    ]

    /// Each value becomes the mean of those about it, first along its row, then along its column, each rounded to a byte:
    /// `(w₀·v₀ + Σ w_k·(v_−k + v_k) + 2¹⁵) >> 16`. Behind its outermost pixels the image is mirrored.
    ///
    /// - Parameter weights: the weight in the middle, then those outwards, in 65536ths.
    /// - Precondition: the weights, all but the first twice, sum to 65536; and none reaches further than the image's
    ///   opposite edge.
    public mutating func blur(weights: [Int]) {
        precondition(
            !weights.isEmpty && weights.count <= min(height, width) && weights.allSatisfy { $0 >= 0 }
                && 2 * weights.reduce(0, +) - weights[0] == 1 << 16, "weights of another image")
        append(.blur, [Int32(weights.count - 1)] + weights.map(Int32.init))
    }

    /// Fills a rectangle, cut to the image.
    ///
    /// - Parameter color: a value for each channel.
    /// - Precondition: as many values as there are channels.
    public mutating func fill(rows: Range<Int>, columns: Range<Int>, with color: [UInt8]) {
        precondition(color.count == channels, "\(color.count) values are no pixel of \(channels) channels")
        let rows = rows.clamped(to: 0..<height)
        let columns = columns.clamped(to: 0..<width)
        let packed = color.reversed().reduce(0 as Int32) { $0 << 8 | Int32($1) }
        append(
            .fill,
            [rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound].map(Int32.init) + [packed])
    }

    /// A colour in grey: the luma of ITU-R BT.601 in 16-bit fixed point.
    @inlinable
    public static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let weighted: UInt32 = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
        return UInt8((weighted + 32768) >> 16)
    }

    private mutating func append(_ instruction: ImageInstruction, _ strength: Float) {
        append(instruction, [Int32(bitPattern: strength.bitPattern)])
    }

    /// Puts an instruction before the end of the newest program.
    private mutating func append(_ instruction: ImageInstruction, _ operands: [Int32] = []) {
        precondition(!starts.isEmpty, "an instruction needs a program that it belongs to")
        words[words.count - 1] = instruction.rawValue
        words += operands
        words.append(ImageInstruction.end.rawValue)
        newestGather = nil
    }
}
