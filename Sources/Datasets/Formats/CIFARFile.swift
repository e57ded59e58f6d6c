/// Images in either format of CIFAR-10 and CIFAR-100: records of one or two label bytes, then 1024 bytes each of red, green
/// and blue, row by row; or a pickled dictionary of a list of labels and an array with such a row of bytes for each image.
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

    /// Reads a pickled dictionary, whose `data` is `[N, 3072]` in bytes and which has a class for each row under `labels`.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    init(pickle path: String, labels key: String, classes: Int, advice: String) throws {
        let dictionary = try PickledDictionary(path: path, advice: advice)
        func corrupt(_ problem: String) -> DatasetError { .corrupt(path: path, problem: problem) }
        labels = try dictionary.integers(key)
        if let index = labels.firstIndex(where: { !(0..<classes).contains($0) }) {
            throw corrupt("expected labels from 0 to \(classes - 1), found \(labels[index]) at image \(index)")
        }
        let (rows, columns, bytes) = try dictionary.byteMatrix("data")
        let recordLength = Self.side * Self.side * Self.channels
        guard rows == labels.count, (1...Self.imageLimit).contains(rows), columns == recordLength else {
            throw corrupt(
                "expected 1 to \(Self.imageLimit) images of \(recordLength) bytes and a label for each, found "
                    + "\(rows) of \(columns) and \(labels.count) labels")
        }
        pixels = Self.interleaved(bytes, count: rows)
    }

    /// Plane after plane becomes channel beside channel.
    private static func interleaved(_ planes: [UInt8], from start: Int = 0, count: Int = 1) -> [UInt8] {
        let plane = side * side
        return [UInt8](unsafeUninitializedCapacity: count * plane * channels) { pixels, filled in
            planes.withUnsafeBufferPointer { planes in
                for image in 0..<count {
                    let record = start + image * plane * channels
                    for position in 0..<plane {
                        for channel in 0..<channels {
                            pixels[filled] = planes[record + channel * plane + position]
                            filled += 1
                        }
                    }
                }
            }
        }
    }
}
