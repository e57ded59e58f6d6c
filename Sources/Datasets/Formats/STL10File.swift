import Dispatch
import Foundation

/// Images in the binary format of STL-10, made smaller while they are read: records of 96×96 bytes each of red, green and
/// blue, column after column.
///
/// Source: Coates, Lee, Ng, "An analysis of single-layer networks in unsupervised feature learning", AISTATS 2011, and the
/// format's description at https://cs.stanford.edu/~acoates/stl10/.
enum STL10File {
    /// Rows and columns of an image in the file.
    static let storedSide = 96
    /// Red, green, blue.
    static let channels = 3
    /// The unlabelled images are 100,000: a file that goes on and on is no STL-10 file.
    static let imageLimit = 100_000

    private static let recordLength = storedSide * storedSide * channels
    /// Images that are read before they are resized together: 7 MB.
    private static let batch = 256

    /// All images one after another, each `[side, side, 3]`, stretched as by Pillow's `resize(…, BILINEAR)`.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    static func images(path: String, side: Int, advice: String) throws -> Data {
        let file = try DataFile(path: path, advice: advice)
        let length = side * side * channels
        var pixels = Data()
        while true {
            let records = try file.read(upTo: batch * recordLength)
            guard !records.isEmpty else { break }
            let count = records.count / recordLength
            guard records.count.isMultiple(of: recordLength) else {
                throw file.corrupt(
                    "expected whole images of \(recordLength) bytes, found \(records.count % recordLength) bytes after "
                        + "\(pixels.count / length + count) images")
            }
            guard pixels.count / length + count <= imageLimit else {
                throw file.corrupt("expected at most \(imageLimit) images, found more")
            }
            let resized = SharedBytes(count: count * length)
            DispatchQueue.concurrentPerform(iterations: count) { index in
                let image = interleaved(records, from: index * recordLength)
                resized.write(image.resized(height: side, width: side).pixels, at: index * length)
            }
            pixels += resized.data
        }
        guard !pixels.isEmpty else {
            throw file.corrupt("expected images of \(recordLength) bytes, found an empty file")
        }
        return pixels
    }

    /// The class of each image, counted from 1 in the file and from 0 here.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    static func labels(path: String, classes: Int, advice: String) throws -> [Int] {
        let file = try DataFile(path: path, advice: advice)
        let bytes = try file.read(upTo: imageLimit)
        try file.expectEnd(after: "\(imageLimit) labels")
        if let index = bytes.firstIndex(where: { !(1...classes).contains(Int($0)) }) {
            throw file.corrupt("expected labels from 1 to \(classes), found \(bytes[index]) at image \(index)")
        }
        return bytes.map { Int($0) - 1 }
    }

    /// Column by column and plane after plane becomes row by row and channel beside channel.
    private static func interleaved(_ records: [UInt8], from start: Int) -> ByteImage {
        let pixels = [UInt8](unsafeUninitializedCapacity: recordLength) { pixels, filled in
            records.withUnsafeBufferPointer { records in
                var position = start
                for channel in 0..<channels {
                    for column in 0..<storedSide {
                        for row in 0..<storedSide {
                            pixels[(row * storedSide + column) * channels + channel] = records[position]
                            position += 1
                        }
                    }
                }
            }
            filled = recordLength
        }
        return ByteImage(sameSizeAs: (storedSide, storedSide, channels), pixels: pixels)
    }
}
