/// A batch's images in groups of equal size, the last one perhaps smaller. The images of a group share one table of
/// ``RowOffsets``, relative to the group's first image: large enough for a kernel to have rows enough at a time, small
/// enough to be made quickly and to stay in the cache.
struct ImageGroups {
    /// Images of the batch.
    let images: Int
    /// Rows of a table for one image.
    let rowsPerImage: Int
    /// Images of a group.
    let imagesPerGroup: Int

    /// Rows that a table has at least, if the batch has as many.
    private static let rowsOfTable = 256

    init(images: Int, rowsPerImage: Int) {
        self.images = images
        self.rowsPerImage = rowsPerImage
        imagesPerGroup = max(1, min(images, Self.rowsOfTable / max(1, rowsPerImage)))
    }

    /// Some rows of one group.
    struct Block {
        /// The group's first image.
        let firstImage: Int
        /// Rows of the table.
        let rows: Range<Int>
    }

    /// All rows of all groups in blocks of at most `length` rows.
    func blocks(ofRows length: Int) -> [Block] {
        stride(from: 0, to: images, by: imagesPerGroup).flatMap { image in
            let rows = min(imagesPerGroup, images - image) * rowsPerImage
            return stride(from: 0, to: rows, by: length).map { row in
                Block(firstImage: image, rows: row..<min(row + length, rows))
            }
        }
    }
}
