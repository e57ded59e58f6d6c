import CPNG
import Foundation

/// PNG by libpng's simplified interface.
enum PNGEncoder {
    /// The file's bytes: 8 bits a channel, grey for one channel and red, green, blue for three.
    ///
    /// - Throws: `DatasetError.invalid` if libpng cannot make them.
    static func encoded(_ picture: ByteImage) throws -> Data {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        image.height = UInt32(picture.height)
        image.width = UInt32(picture.width)
        image.format = picture.channels == 1 ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&image) }
        let rowLength = Int32(picture.width * picture.channels)
        var count: png_alloc_size_t = 0
        // Asked first without memory, libpng tells how much it needs.
        guard png_image_write_to_memory(&image, nil, &count, 0, picture.pixels, rowLength, nil) != 0 else {
            throw failure(image)
        }
        var bytes = Data(count: Int(count))
        let isDone = bytes.withUnsafeMutableBytes { buffer in
            png_image_write_to_memory(&image, buffer.baseAddress, &count, 0, picture.pixels, rowLength, nil)
        }
        guard isDone != 0 else { throw failure(image) }
        return bytes.prefix(Int(count))
    }

    private static func failure(_ image: png_image) -> DatasetError {
        .invalid("the picture cannot be written: \(PNGDecoder.message(image))")
    }
}
