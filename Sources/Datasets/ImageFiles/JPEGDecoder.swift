import CTurboJPEG

/// JPEG by libjpeg-turbo, with the exact inverse transform and smooth upsampling that Pillow uses.
enum JPEGDecoder {
    static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

    /// - Throws: `DatasetError.corrupt`.
    static func header(of bytes: [UInt8], path: String) throws -> ImageFile.Header {
        let handle = try handle(path: path)
        defer { tjDestroy(handle) }
        let (width, height, colorSpace, code) = dimensions(of: bytes, handle)
        // A rare subsampling is an error here, but not to the decoder: what has been found counts.
        guard width > 0, height > 0, colorSpace >= 0 else {
            throw DatasetError.corrupt(path: path, problem: code == 0 ? "no JPEG header" : message(handle))
        }
        return ImageFile.Header(
            height: height, width: width, isGrey: colorSpace == Int32(TJCS_GRAY.rawValue),
            orientation: orientation(in: bytes))
    }

    /// Red, green, blue of the stored pixels; one channel where the header says grey.
    ///
    /// - Throws: `DatasetError.corrupt`; also for what libjpeg only warns of, such as data that end too early.
    static func pixels(of bytes: [UInt8], _ header: ImageFile.Header, path: String) throws -> [UInt8] {
        let handle = try handle(path: path)
        defer { tjDestroy(handle) }
        let colorSpace = dimensions(of: bytes, handle).colorSpace
        let isCMYK = [TJCS_CMYK, TJCS_YCCK].contains { Int32($0.rawValue) == colorSpace }
        let (format, channels) = header.isGrey ? (TJPF_GRAY, 1) : isCMYK ? (TJPF_CMYK, 4) : (TJPF_RGB, 3)
        let count = header.height * header.width * channels
        var status: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { pixels, filled in
            bytes.withUnsafeBufferPointer { bytes in
                status = tjDecompress2(
                    handle, bytes.baseAddress, UInt(bytes.count), pixels.baseAddress, Int32(header.width),
                    Int32(header.width * channels), Int32(header.height), Int32(format.rawValue),
                    TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING)
            }
            // An error may leave a part unwritten.
            if status != 0 { pixels.initialize(repeating: 0) }
            filled = count
        }
        guard status == 0 else { throw DatasetError.corrupt(path: path, problem: message(handle)) }
        return isCMYK ? redGreenBlue(ofInvertedCMYK: pixels) : pixels
    }

    /// `255 − K` less the part of it that the ink covers, rounded as Pillow rounds; the file holds 255 minus each ink.
    private static func redGreenBlue(ofInvertedCMYK inks: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: inks.count / 4 * 3) { result, filled in
            for start in stride(from: 0, to: inks.count, by: 4) {
                let light = Int(inks[start + 3])
                for ink in inks[start..<start + 3] {
                    let product = (255 - Int(ink)) * light + 128
                    result[filled] = UInt8(clamping: light - ((product >> 8 + product) >> 8))
                    filled += 1
                }
            }
        }
    }

    private static func handle(path: String) throws -> tjhandle {
        guard let handle = tjInitDecompress() else {
            throw DatasetError.corrupt(path: path, problem: "libjpeg-turbo cannot start: \(message(nil))")
        }
        return handle
    }

    private static func dimensions(
        of bytes: [UInt8], _ handle: tjhandle
    ) -> (width: Int, height: Int, colorSpace: Int32, code: Int32) {
        var (width, height, subsampling, colorSpace): (Int32, Int32, Int32, Int32) = (0, 0, -1, -1)
        let code = bytes.withUnsafeBufferPointer {
            tjDecompressHeader3(
                handle, $0.baseAddress, UInt($0.count), &width, &height, &subsampling, &colorSpace)
        }
        return (Int(width), Int(height), colorSpace, code)
    }

    private static func message(_ handle: tjhandle?) -> String {
        tjGetErrorStr2(handle).map { String(cString: $0) } ?? "not a JPEG image that can be decoded"
    }

    /// Walks over the segments before the image's data to the first one of EXIF.
    private static func orientation(in bytes: [UInt8]) -> EXIFOrientation {
        let (exifMarker, startOfScan): (UInt8, UInt8) = (0xE1, 0xDA)
        let exifHeader: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            // Bytes of 0xFF may fill the space before a marker.
            guard marker != 0xFF else {
                position += 1
                continue
            }
            let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
            guard marker != startOfScan, end >= position + 4, end <= bytes.count else { break }
            let content = bytes[position + 4..<end]
            if marker == exifMarker, content.starts(with: exifHeader) {
                return EXIFOrientation(tiff: content.dropFirst(exifHeader.count))
            }
            position = end
        }
        return .upright
    }
}
