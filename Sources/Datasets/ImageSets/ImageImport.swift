import Dispatch
import Foundation
import Synchronization

/// The images of a folder, looked at but not decoded yet.
public struct ImageImport: Sendable {
    /// What is wished for.
    public struct Options: Sendable {
        /// What the data set is called; nil for the folder's name.
        public var name: String?
        /// Rows and columns that every image is brought to; nil for images that are all of one size.
        public var side: Int?
        /// How they are brought to it.
        public var fit: ImageFit
        /// A file of lines CLASS, tab, GROUP; the groups become the classes.
        public var classes: String?
        /// Files of lines `path class`, in place of the folders `train` and `test`, and perhaps of `unlabelled`.
        public var lists: Lists?

        /// As the folder is.
        public init(
            name: String? = nil, side: Int? = nil, fit: ImageFit = .stretch, classes: String? = nil,
            lists: Lists? = nil
        ) {
            self.name = name
            self.side = side
            self.fit = fit
            self.classes = classes
            self.lists = lists
        }
    }

    /// Files that list images.
    public struct Lists: Sendable {
        /// Those to train on.
        public var train: String
        /// Those to test with.
        public var test: String
        /// Those to train on without label; nil for none.
        public var unlabelled: String?

        /// Paths of the files.
        public init(train: String, test: String, unlabelled: String? = nil) {
            self.train = train
            self.test = test
            self.unlabelled = unlabelled
        }
    }

    /// The largest side that images are brought to.
    public static let largestSide = 1024
    /// A folder of more bytes is not read into memory.
    private static let largestInMemory = 4 << 30

    /// What the data set is called.
    public let name: String
    /// What the images will be like.
    public let form: ImageForm
    /// What was found that is no image, and classes without images.
    public let warnings: [String]
    let train: [ImageListing.Item]
    let test: [ImageListing.Item]
    /// CRC-32 of the images' files, those to train on first.
    let checksums: [UInt32]
    /// How images of other sizes are brought to this one.
    let fit: ImageFit
    private let root: String

    /// Lists a folder's images and reads their headers.
    ///
    /// - Parameter progress: told how many of how many files have been looked at; called on any thread.
    /// - Throws: `DatasetError`, for images that are damaged, too large or of different sizes, links out of the folder, and
    ///   lists that do not fit it.
    public init(
        folder: String, options: Options = Options(), progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws {
        if let side = options.side, !(1...Self.largestSide).contains(side) {
            throw DatasetError.invalid("images have a side from 1 to \(Self.largestSide) pixels, not \(side)")
        }
        var listing =
            try options.lists.map {
                try ImageListing(
                    folder: folder, trainList: $0.train, testList: $0.test, unlabelledList: $0.unlabelled)
            } ?? ImageListing(folder: folder)
        if let classes = options.classes { listing = try listing.grouped(byFile: classes) }

        let files = listing.train + listing.test
        let headers = try Self.forEach(files, progress: progress) { item in
            try ImageFile(path: "\(folder)/\(item.path)").map {
                (height: $0.height, width: $0.width, isGrey: $0.header.isGrey, checksum: $0.checksum)
            }
        }
        root = folder
        fit = options.fit
        checksums = headers.compactMap { $0?.checksum }
        name = options.name ?? URL(fileURLWithPath: folder).lastPathComponent
        train = zip(listing.train, headers).filter { $1 != nil }.map(\.0)
        test = zip(listing.test, headers.dropFirst(listing.train.count)).filter { $1 != nil }.map(\.0)
        for (part, items) in zip(ImageListing.partNames, [train, test]) where items.isEmpty {
            throw DatasetError.invalid("\(folder) has no JPEG or PNG images for \(part)ing")
        }
        let images = zip(files, headers).compactMap { item, header in header.map { (item.path, $0) } }
        var size = (height: images[0].1.height, width: images[0].1.width)
        if let side = options.side {
            size = (side, side)
        } else if let other = images.first(where: { ($0.1.height, $0.1.width) != size }) {
            throw DatasetError.invalid(
                "images are of different sizes, such as \(size.height)×\(size.width) (\(images[0].0)) and "
                    + "\(other.1.height)×\(other.1.width) (\(other.0)); `equipoise data import` with --size brings all to one"
            )
        }
        guard max(size.height, size.width) <= Self.largestSide else {
            throw DatasetError.invalid(
                "images of \(size.height)×\(size.width) are too large to train on; `equipoise data import` with --size "
                    + "brings them to a smaller size")
        }
        form = ImageForm(
            height: size.height, width: size.width, channels: images.allSatisfy(\.1.isGrey) ? 1 : 3,
            classNames: listing.classNames)
        let others = zip(files, headers).filter { $1 == nil }.map(\.0)
        warnings = Self.warnings(
            others, labels: [train, test].map { Set($0.map(\.label)) }, classNames: listing.classNames)
    }

    /// Reads everything into memory.
    ///
    /// - Throws: `DatasetError.corrupt` for damaged images, `.invalid` if it is too much.
    public func load() throws -> ImageCollection {
        let (bytes, overflow) = form.imageByteCount.multipliedReportingOverflow(by: train.count + test.count)
        guard !overflow, bytes <= Self.largestInMemory else {
            throw DatasetError.invalid(
                "\(root) has \(train.count + test.count) images, too many to read them into memory; pack them with "
                    + "`equipoise data import`")
        }
        let moments = Mutex(PixelHistogram(channels: form.channels))
        let parts = try [train, test].enumerated().map { part, items in
            let length = form.imageByteCount
            let pixels = SharedBytes(count: items.count * length)
            try decode(items) { index, image in
                pixels.write(image, at: index * length)
                if part == 0 { moments.withLock { $0.add(image) } }
            }
            return try ImageDataset(
                name: name, form: form, pixels: pixels.data, labels: items.map(\.label),
                names: ImageNames(items.map(\.path)))
        }
        return ImageCollection(
            train: parts[0], test: parts[1], normalization: normalization(measured: moments.withLock { $0 }),
            warnings: warnings)
    }

    /// Decodes images on all cores and hands each over, brought to the form that all have.
    ///
    /// - Parameter receive: given an image's place among `items` and its bytes; called on any thread.
    /// - Throws: `DatasetError.corrupt`, and what `receive` throws.
    func decode(
        _ items: [ImageListing.Item], progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
        receive: @escaping @Sendable (_ index: Int, _ pixels: [UInt8]) throws -> Void
    ) throws {
        let indexed = Array(items.enumerated())
        _ = try Self.forEach(indexed, progress: progress) { [root, form, fit] index, item in
            let path = "\(root)/\(item.path)"
            guard let file = try ImageFile(path: path), form.channels == 3 || file.header.isGrey else {
                throw Self.changed(path)
            }
            let image = try file.decoded(channels: form.channels)
            let isOfSize = (image.height, image.width) == (form.height, form.width)
            guard isOfSize || form.height == form.width else { throw Self.changed(path) }
            try receive(index, (isOfSize ? image : image.fitted(to: form.height, fit)).pixels)
        }
    }

    private static func changed(_ path: String) -> DatasetError {
        .corrupt(path: path, problem: "the file has changed while it was read")
    }

    /// The published mean and standard deviation where the data set's name, size and classes are of one that has them; else
    /// the measured ones.
    func normalization(measured histogram: PixelHistogram) -> ImageNormalization {
        if let known = DatasetName(rawValue: name), known.imageSize == (form.height, form.width, form.channels),
            known.classNames == form.classNames
        {
            return known.normalization
        }
        return histogram.normalization
    }

    private static func warnings(
        _ others: [ImageListing.Item], labels: [Set<Int>], classNames: [String]
    ) -> [String] {
        var warnings: [String] = []
        if let first = others.first {
            warnings.append("\(others.count) files are neither JPEG nor PNG and are left out, such as \(first.path)")
        }
        for (part, labels) in zip(ImageListing.partNames, labels) {
            for (label, name) in classNames.enumerated() where !labels.contains(label) {
                warnings.append("the class \(name) has no \(part) images")
            }
        }
        return warnings
    }

    /// Maps items on all cores. Everything is tried: whoever has a million images wants to know of all that are damaged.
    ///
    /// - Throws: the first damaged image's `DatasetError.corrupt`, telling of the others, or another first error.
    private static func forEach<Item: Sendable, Result: Sendable>(
        _ items: [Item], progress: @escaping @Sendable (Int, Int) -> Void,
        _ body: @escaping @Sendable (Item) throws -> Result
    ) throws -> [Result] {
        let chunk = 64
        let chunks = (items.count + chunk - 1) / chunk
        let results = Mutex<[Int: [Swift.Result<Result, any Error>]]>([:])
        DispatchQueue.concurrentPerform(iterations: chunks) { index in
            let part = items[index * chunk..<min(items.count, (index + 1) * chunk)].map { item in
                Swift.Result { try body(item) }
            }
            let done = results.withLock { results in
                results[index] = part
                return results.count
            }
            progress(min(items.count, done * chunk), items.count)
        }
        let all = results.withLock { results in (0..<chunks).flatMap { results[$0] ?? [] } }
        let errors = all.compactMap { result -> (any Error)? in
            if case .failure(let error) = result { error } else { nil }
        }
        guard let first = errors.first else { return try all.map { try $0.get() } }
        let others = errors.dropFirst().compactMap { error -> String? in
            if case DatasetError.corrupt(let path, _) = error { path } else { nil }
        }
        guard case DatasetError.corrupt(let path, let problem) = first, !others.isEmpty else { throw first }
        let named = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
        throw DatasetError.corrupt(
            path: path, problem: "\(problem); \(others.count) more cannot be read: \(named)")
    }
}
