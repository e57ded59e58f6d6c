/// Images in the binary format of CIFAR-10 and CIFAR-100: records of one or two label bytes, then 1024 bytes each of
/// red, green and blue, row by row.
///
/// Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009, and the format's description at
/// https://www.cs.toronto.edu/~kriz/cifar.html.
struct CIFARFile {
    /// Rows and columns of an image.
    static let side = 32
    /// Red, green, blue.
    static let channels = 3
    /// More images than either set has: a file that goes on and on is no CIFAR file.
    static let imageLimit = 60_000

    /// All images one after another, each `[32, 32, 3]`.
    let pixels: [UInt8]
    /// The class of each image.
    let labels: [Int]

    /// Reads a file whose records start with `labelBytes` bytes, the last of which is the class, in `0..<classes`.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    init(path: String, labelBytes: Int, classes: Int, advice: String) throws {
        let file = try DataFile(path: path, advice: advice)
        let recordLength = labelBytes + Self.side * Self.side * Self.channels
        var pixels: [UInt8] = []
        var labels: [Int] = []
        while true {
            let record = try file.read(upTo: recordLength)
            guard !record.isEmpty else { break }
            guard record.count == recordLength else {
                throw file.corrupt(
                    "expected whole records of \(recordLength) bytes, found \(record.count) bytes after \(labels.count) records"
                )
            }
            guard labels.count < Self.imageLimit else {
                throw file.corrupt("expected at most \(Self.imageLimit) records, found more")
            }
            let label = Int(record[labelBytes - 1])
            guard label < classes else {
                throw file.corrupt("expected labels from 0 to \(classes - 1), found \(label) at image \(labels.count)")
            }
            labels.append(label)
            pixels += Self.interleaved(record, from: labelBytes)
        }
        guard !labels.isEmpty else {
            throw file.corrupt("expected records of \(recordLength) bytes, found an empty file")
        }
        self.pixels = pixels
        self.labels = labels
    }

    /// Plane after plane becomes channel beside channel.
    private static func interleaved(_ record: [UInt8], from start: Int) -> [UInt8] {
        let plane = side * side
        return [UInt8](unsafeUninitializedCapacity: plane * channels) { pixels, filled in
            record.withUnsafeBufferPointer { record in
                for position in 0..<plane {
                    for channel in 0..<channels {
                        pixels[position * channels + channel] = record[start + channel * plane + position]
                    }
                }
            }
            filled = plane * channels
        }
    }
}
