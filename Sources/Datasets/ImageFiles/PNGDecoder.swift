import CPNG

/// PNG by libpng's simplified interface, which turns every kind of PNG into 8 bits a channel.
///
/// Only chunks that make the stored pixels are handed over: gamma and colour profiles do not change them, as in Pillow, and
/// no text or profile is unpacked. Samples of 16 bits are rounded to 8 (Pillow cuts them, which differs by at most 1).
enum PNGDecoder {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// - Throws: `DatasetError.corrupt`.
    static func header(of bytes: [UInt8], path: String) throws -> ImageFile.Header {
        let (essence, exif) = try essence(of: bytes, path: path)
        return try withImage(essence, path: path) { image in
            ImageFile.Header(
                height: Int(image.height), width: Int(image.width),
                isGrey: image.format & UInt32(PNG_FORMAT_FLAG_COLOR) == 0,
                orientation: exif.map { EXIFOrientation(tiff: $0) } ?? .upright)
        }
    }

    /// Red, green, blue of the stored pixels; one channel where the header says grey. Alpha is dropped.
    ///
    /// - Throws: `DatasetError.corrupt`.
    static func pixels(of bytes: [UInt8], _ header: ImageFile.Header, path: String) throws -> [UInt8] {
        let withAlpha = try withImage(essence(of: bytes, path: path).chunks, path: path) { image in
            // Asked for with alpha, the colours of transparent pixels stay as they are.
            let colour = header.isGrey ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)
            image.format = colour | UInt32(PNG_FORMAT_FLAG_ALPHA)
            image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            let channels = header.isGrey ? 2 : 4
            let count = header.height * header.width * channels
            var isDone: Int32 = 0
            let pixels = [UInt8](unsafeUninitializedCapacity: count) { pixels, filled in
                isDone = png_image_finish_read(
                    &image, nil, pixels.baseAddress, Int32(header.width * channels), nil)
                if isDone == 0 { pixels.initialize(repeating: 0) }
                filled = count
            }
            guard isDone != 0 else { throw DatasetError.corrupt(path: path, problem: message(image)) }
            return pixels
        }
        let channels = header.isGrey ? 1 : 3
        return [UInt8](unsafeUninitializedCapacity: withAlpha.count / (channels + 1) * channels) { result, filled in
            for start in stride(from: 0, to: withAlpha.count, by: channels + 1) {
                for value in withAlpha[start..<start + channels] {
                    result[filled] = value
                    filled += 1
                }
            }
        }
    }

    /// Lets `body` use an image whose header has been read, and frees it.
    private static func withImage<Result>(
        _ bytes: [UInt8], path: String, _ body: (inout png_image) throws -> Result
    ) throws -> Result {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        // libpng reads from the same bytes when it decodes.
        return try bytes.withUnsafeBytes { bytes in
            guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
                throw DatasetError.corrupt(path: path, problem: message(image))
            }
            return try body(&image)
        }
    }

    /// What libpng has to say.
    static func message(_ image: png_image) -> String {
        withUnsafeBytes(of: image.message) { bytes in
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            return text.isEmpty ? "not a PNG image that can be decoded" : text
        }
    }

    /// The file without the chunks that do not make the stored pixels, and its EXIF block.
    ///
    /// - Throws: `DatasetError.corrupt` for a chunk that ends behind the file: libpng takes memory for what chunks promise.
    private static func essence(
        of bytes: [UInt8], path: String
    ) throws -> (chunks: [UInt8], exif: ArraySlice<UInt8>?) {
        var chunks = Array(bytes.prefix(signature.count))
        var exif: ArraySlice<UInt8>?
        var position = signature.count
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = position + 12 + length
            let name = bytes[position + 4..<position + 8]
            // A small first letter says that a decoder can do without the chunk.
            let isCritical = name.first.map { $0 & 0x20 == 0 } ?? true
            guard end <= bytes.count else {
                throw DatasetError.corrupt(
                    path: path, problem: "ends in the middle of a chunk of \(length) bytes; fetch the file again")
            }
            if isCritical || name.elementsEqual("tRNS".utf8) {
                chunks += bytes[position..<end]
            } else if exif == nil, name.elementsEqual("eXIf".utf8) {
                exif = bytes[position + 8..<end - 4]
            }
            if name.elementsEqual("IEND".utf8) { break }
            position = end
        }
        return (chunks, exif)
    }
}
