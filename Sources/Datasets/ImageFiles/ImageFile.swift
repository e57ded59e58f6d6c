import Foundation

/// A JPEG or PNG file: its bytes, and what its header says.
///
/// Pixels are those of Pillow's `ImageOps.exif_transpose(Image.open(path)).convert("RGB")`: alpha is dropped, not composited;
/// grey becomes three equal channels; CMYK is taken with Adobe's polarity.
struct ImageFile {
    enum Format {
        case jpeg
        case png
    }

    /// What the header of a file says.
    struct Header {
        /// Rows and columns of pixels as they are stored.
        let height: Int
        let width: Int
        /// Whether red, green and blue are always equal by the file's kind.
        let isGrey: Bool
        let orientation: EXIFOrientation
    }

    /// More pixels than a photograph has; an image of so many takes 256 MB while it is decoded.
    static let largestPixelCount = 1 << 26
    /// Files beyond this are no images to learn from.
    static let largestFile = 1 << 28

    let path: String
    let format: Format
    let header: Header
    private let bytes: [UInt8]

    /// CRC-32 of the file.
    var checksum: UInt32 {
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.value
    }
    /// Rows and columns of the upright picture.
    var height: Int { header.orientation.swapsSides ? header.width : header.height }
    var width: Int { header.orientation.swapsSides ? header.height : header.width }

    /// Reads a file and its header, but decodes nothing. Nil for a file that is neither JPEG nor PNG by its first bytes.
    ///
    /// - Throws: `DatasetError.missing`; `.corrupt` for a file that cannot be read, or a header that is damaged or
    ///   promises too many pixels.
    init?(path: String) throws {
        guard let file = try Self.open(path) else { return nil }
        (format, bytes) = file
        header =
            switch format {
            case .jpeg: try JPEGDecoder.header(of: bytes, path: path)
            case .png: try PNGDecoder.header(of: bytes, path: path)
            }
        self.path = path
        guard header.height > 0, header.width > 0 else {
            throw DatasetError.corrupt(
                path: path, problem: "an image of \(header.height)×\(header.width) pixels has none")
        }
        let (pixels, overflow) = header.height.multipliedReportingOverflow(by: header.width)
        guard !overflow, pixels <= Self.largestPixelCount else {
            throw DatasetError.corrupt(
                path: path,
                problem:
                    "\(header.height)×\(header.width) pixels are too many: at most \(Self.largestPixelCount) are decoded"
            )
        }
    }

    /// The upright picture.
    ///
    /// - Parameter channels: 3 for red, green, blue; 1 only where the header says grey.
    /// - Throws: `DatasetError.corrupt` for a file that is damaged or cut short.
    func decoded(channels: Int) throws -> ByteImage {
        let stored =
            switch format {
            case .jpeg: try JPEGDecoder.pixels(of: bytes, header, path: path)
            case .png: try PNGDecoder.pixels(of: bytes, header, path: path)
            }
        let size = (header.height, header.width, channels)
        return ByteImage(sameSizeAs: size, pixels: header.isGrey && channels == 3 ? Self.tripled(stored) : stored)
            .turnedUpright(from: header.orientation)
    }

    private static func tripled(_ grey: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 3 * grey.count) { result, filled in
            for value in grey {
                for _ in 0..<3 {
                    result[filled] = value
                    filled += 1
                }
            }
        }
    }

    /// The whole file, and what it is by its first bytes; nil for other files, of which no more is read.
    private static func open(_ path: String) throws -> (format: Format, bytes: [UInt8])? {
        let file = try RandomAccessFile(path: path, advice: "it is listed, but not there")
        guard file.isRegular else { return nil }
        let start = try file.bytes(from: 0, upTo: PNGDecoder.signature.count)
        guard let format = Format(firstBytes: start) else { return nil }
        guard file.count <= largestFile else { throw file.corrupt("\(file.count) bytes are too many for an image") }
        return (format, start + (try file.bytes(from: start.count, upTo: file.count - start.count)))
    }
}

extension ImageFile.Format {
    fileprivate init?(firstBytes bytes: [UInt8]) {
        if bytes.starts(with: JPEGDecoder.signature) {
            self = .jpeg
        } else if bytes.starts(with: PNGDecoder.signature) {
            self = .png
        } else {
            return nil
        }
    }
}
