/// How a camera was held: the picture is upright once the stored pixels are mirrored or turned accordingly.
///
/// Source: CIPA DC-008 (EXIF 2.32), tag 0x0112; the raw values are the tag's.
enum EXIFOrientation: Int {
    case upright = 1
    case mirrored
    case upsideDown
    case mirroredUpsideDown
    case transposed
    case turnedLeft
    case transverse
    case turnedRight

    /// Whether rows become columns.
    var swapsSides: Bool { rawValue >= Self.transposed.rawValue }

    private static let tag = 0x0112
    /// The bytes of each type of whole number; the tag should be of type 3, but some cameras think otherwise.
    private static let lengthOfType = [1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4]
    private static let entryLength = 12

    /// Looks the tag up in a block of EXIF, which is a TIFF file. What is damaged says nothing: `upright`.
    init(tiff block: ArraySlice<UInt8>) {
        self = Self.value(inTIFF: block).flatMap(Self.init(rawValue:)) ?? .upright
    }

    private static func value(inTIFF block: ArraySlice<UInt8>) -> Int? {
        let isLittle: Bool
        switch block.prefix(4) {
        case [0x49, 0x49, 0x2A, 0x00]: isLittle = true
        case [0x4D, 0x4D, 0x00, 0x2A]: isLittle = false
        default: return nil
        }
        func number(at offset: Int, length: Int) -> Int? {
            guard offset >= 0, offset <= block.count - length else { return nil }
            let bytes = block[block.startIndex + offset..<block.startIndex + offset + length]
            return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, length: 4), let count = number(at: directory, length: 2) else { return nil }
        for entry in 0..<count {
            let start = directory + 2 + entry * entryLength
            guard let found = number(at: start, length: 2) else { return nil }
            if found == tag, let length = number(at: start + 2, length: 2).flatMap({ lengthOfType[$0] }) {
                return number(at: start + 8, length: length)
            }
        }
        return nil
    }
}

extension ByteImage {
    /// The picture upright, as Pillow's `exif_transpose` turns it.
    func turnedUpright(from orientation: EXIFOrientation) -> ByteImage {
        guard orientation != .upright else { return self }
        let (rows, columns) = orientation.swapsSides ? (width, height) : (height, width)
        let (lastRow, lastColumn) = (height - 1, width - 1)
        func source(_ row: Int, _ column: Int) -> (row: Int, column: Int) {
            switch orientation {
            case .upright: (row, column)
            case .mirrored: (row, lastColumn - column)
            case .upsideDown: (lastRow - row, lastColumn - column)
            case .mirroredUpsideDown: (lastRow - row, column)
            case .transposed: (column, row)
            case .turnedLeft: (lastRow - column, row)
            case .transverse: (lastRow - column, lastColumn - row)
            case .turnedRight: (column, lastColumn - row)
            }
        }
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { result, filled in
            pixels.withUnsafeBufferPointer { pixels in
                for row in 0..<rows {
                    for column in 0..<columns {
                        let place = source(row, column)
                        let start = (place.row * width + place.column) * channels
                        for channel in 0..<channels {
                            result[filled] = pixels[start + channel]
                            filled += 1
                        }
                    }
                }
            }
        }
        return ByteImage(sameSizeAs: (rows, columns, channels), pixels: turned)
    }
}
