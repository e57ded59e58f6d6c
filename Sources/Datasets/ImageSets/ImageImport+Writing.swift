import Synchronization

extension ImageImport {
    /// Decodes everything and packs it into one file, which appears under its name only when it is whole. What an import of
    /// the same images has left that was killed is not decoded again.
    ///
    /// - Parameter progress: told how many of how many images have been packed; called on any thread.
    /// - Returns: how many images an earlier import had left.
    /// - Throws: `DatasetError.corrupt` for damaged images; `FileError.cannotWrite`. Then nothing is left.
    @discardableResult
    public func write(to path: String, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws -> Int {
        let layout = try ImageSetLayout(self)
        let partial = try PartialFile(
            of: path, length: layout.length, items: test.count + train.count, fingerprint: layout.fingerprint)
        do {
            let normalization = normalization(measured: try writeImages(into: partial, layout, progress: progress))
            var end = layout.imagesEnd
            for part in layout.rest {
                try part.withUnsafeBytes { try partial.write($0, at: end) }
                end += part.count
            }
            func writeHeader(checksum: String) throws {
                try layout.header(normalization, checksum: checksum).withUnsafeBytes { try partial.write($0, at: 0) }
            }
            try writeHeader(checksum: ImageSetFile.noChecksum)
            let piece = 1 << 22
            var checksum = Checksum()
            for place in stride(from: 0, to: end, by: piece) {
                try partial.bytes(from: place, count: min(piece, end - place)).withUnsafeBytes { checksum.add($0) }
            }
            try writeHeader(checksum: checksum.digits)
            try partial.complete()
            return partial.isThere.count { $0 }
        } catch {
            partial.remove()
            throw error
        }
    }

    /// Decodes and writes what is not there, and counts the pixels of all training images.
    private func writeImages(
        into partial: PartialFile, _ layout: ImageSetLayout, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws -> PixelHistogram {
        // Images to test with come first.
        let (items, firstTraining) = (test + train, test.count)
        let (length, start) = (layout.imageLength, layout.imagesStart)
        let isThere = partial.isThere
        let missing = isThere.indices.filter { !isThere[$0] }
        let histogram = Mutex(PixelHistogram(channels: form.channels))
        for index in isThere.indices.dropFirst(firstTraining) where isThere[index] {
            let pixels = try partial.bytes(from: start + index * length, count: length)
            histogram.withLock { $0.add(pixels) }
        }
        let report: @Sendable (Int, Int) -> Void = { done, _ in
            progress(isThere.count - missing.count + done, isThere.count)
        }
        try decode(missing.map { items[$0] }, progress: report) { place, pixels in
            let index = missing[place]
            try pixels.withUnsafeBytes { try partial.write($0, at: start + index * length) }
            try partial.finish(item: index)
            if index >= firstTraining { histogram.withLock { $0.add(pixels) } }
        }
        return histogram.withLock { $0 }
    }
}
