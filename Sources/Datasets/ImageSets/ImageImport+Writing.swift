import Foundation
import Synchronization
import TensorFiles
import Tensors

extension ImageImport {
    /// Decodes everything and packs it into one file, which appears under its name only when it is whole.
    ///
    /// - Parameter progress: told how many of how many images have been packed; called on any thread.
    /// - Throws: `DatasetError.corrupt` for damaged images; `FileError.cannotWrite`.
    public func write(to path: String, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws {
        let length = form.imageByteCount
        let parts = [("test", test), ("train", train)].map { part, items in
            (name: part, items: items, names: ImageNames(items.map(\.path)))
        }
        // In the order of the file. Images come first, so that they begin where the header ends.
        let tensors: [(name: String, elementType: ElementType, shape: Shape)] =
            try parts.map {
                ("\($0.name).images", .uint8, try Shape([$0.items.count, form.height, form.width, form.channels]))
            }
            + parts.map { ("\($0.name).labels", .int32, try Shape([$0.items.count])) }
            + parts.map { ("\($0.name).names", .uint8, try Shape([$0.names.text.count])) }
        func header(_ normalization: ImageNormalization, checksum: String) throws -> Data {
            try SafetensorsHeader.encoded(
                tensors,
                metadata: [
                    ImageSetFile.Key.format: ImageSetFile.format, ImageSetFile.Key.name: name,
                    ImageSetFile.Key.classes: String(
                        decoding: try JSONEncoder().encode(form.classNames), as: UTF8.self),
                    ImageSetFile.Key.mean: Self.fixedWidth(normalization.mean),
                    ImageSetFile.Key.standardDeviation: Self.fixedWidth(normalization.standardDeviation),
                    ImageSetFile.Key.checksum: checksum,
                ])
        }
        let nothingMeasured = PixelHistogram(channels: form.channels)
        let start = try header(nothingMeasured.normalization, checksum: ImageSetFile.noChecksum).count
        let histogram = Mutex(nothingMeasured)
        let testCount = test.count

        try AtomicFile.write(to: path) { handle in
            let file = handle.fileDescriptor
            // Test and training images lie one behind the other.
            try decode(test + train, progress: progress) { index, pixels in
                try pixels.withUnsafeBytes { try Self.write($0, at: start + index * length, to: file) }
                if index >= testCount { histogram.withLock { $0.add(pixels) } }
            }
            try handle.seek(toOffset: UInt64(start + (test.count + train.count) * length))
            for part in parts {
                try part.items.map { Int32(truncatingIfNeeded: $0.label).littleEndian }.withUnsafeBytes {
                    try handle.write(contentsOf: Data($0))
                }
            }
            for part in parts { try handle.write(contentsOf: part.names.text) }

            let normalization = normalization(measured: histogram.withLock { $0 })
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: try header(normalization, checksum: ImageSetFile.noChecksum))
            var checksum = Checksum()
            try handle.seek(toOffset: 0)
            while let bytes = try handle.read(upToCount: 1 << 22), !bytes.isEmpty {
                bytes.withUnsafeBytes { checksum.add($0) }
            }
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: try header(normalization, checksum: checksum.digits))
        }
    }

    /// As JSON, always of the same length: mean and standard deviation are from 0 to 1.
    private static func fixedWidth(_ values: [Float]) -> String {
        "[" + values.map { String(format: "%.6f", Double($0)) }.joined(separator: ",") + "]"
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, to file: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            guard count > 0 else {
                throw CocoaError(
                    .fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: String(cString: strerror(errno))])
            }
            done += count
        }
    }
}
