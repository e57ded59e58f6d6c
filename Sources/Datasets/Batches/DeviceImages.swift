import Tensors

/// A data set's images where a device makes views of them: all of them in its memory, if they fit there, or only those of
/// one batch at a time. The views have the same bits either way.
public final class DeviceImages {
    /// The images.
    public let dataset: ImageDataset
    /// What becomes of their bytes.
    public let normalization: ImageNormalization
    /// Rows and columns of the views; nil for the images' own.
    private let viewSide: Int?
    /// Bytes of device memory that they may take; nil for a part of it.
    private let memoryLimit: Int?
    private var place: Place?

    /// On which device they are, and how.
    private struct Place {
        let backend: any Backend
        /// `[C, 256]`.
        let values: Tensor
        /// `[N, H, W, C]`, uint8; nil if they do not fit.
        let images: Tensor?
    }

    /// Nothing is written to a device before views are asked for.
    ///
    /// - Parameters:
    ///   - viewSide: rows and columns of the views; nil for the images' own.
    ///   - memoryLimit: bytes that the images may take on a device; nil for an eighth of its memory.
    /// - Throws: `DatasetError.invalid` if the normalization is for another number of channels, or the views are larger than
    ///   the images; `TensorError.invalidArgument` if these are too large for ``Tensors/ImagePrograms``.
    public init(
        _ dataset: ImageDataset, normalization: ImageNormalization, viewSide: Int? = nil, memoryLimit: Int? = nil
    ) throws {
        guard normalization.channels == dataset.channels else {
            throw DatasetError.invalid(
                "\(dataset.name) has \(dataset.channels) channels, the normalization \(normalization.channels)")
        }
        let smallestSide = min(dataset.height, dataset.width)
        if let viewSide, !(1...smallestSide).contains(viewSide) {
            throw DatasetError.invalid(
                "views of \(viewSide)×\(viewSide) pixels cannot be cut out of images of \(dataset.height)×\(dataset.width) "
                    + "(\(dataset.name)); data.view_size is at most \(smallestSide) here, and 0 for the images' size")
        }
        // Images too large for programs are better refused now.
        _ = try ImagePrograms(for: dataset, viewSide: viewSide)
        self.dataset = dataset
        self.normalization = normalization
        self.viewSide = viewSide
        self.memoryLimit = memoryLimit
    }

    /// The views `[V, h, w, C]` that the programs make, float32.
    ///
    /// - Parameter programs: their sources are indices of the data set.
    /// - Throws: `TensorError.invalidArgument` if a program names an image that is not there.
    public func views(_ programs: ImagePrograms, on backend: any Backend) throws -> Tensor {
        let place = try place(on: backend)
        guard let images = place.images else {
            let (rows, renumbered) = try rows(of: programs, on: backend)
            return try backend.imageViews(of: rows, programs: renumbered, values: place.values)
        }
        return try backend.imageViews(of: images, programs: programs, values: place.values)
    }

    /// The images at `members` as they are, `[N, H, W, C]`; of those larger than the views the centre, `[N, h, w, C]`.
    public func images(at members: some Sequence<Int>, on backend: any Backend) throws -> Tensor {
        var programs = try ImagePrograms(for: dataset, viewSide: viewSide)
        for member in members { programs.begin(source: member) }
        return try views(programs, on: backend)
    }

    private func place(on backend: any Backend) throws -> Place {
        if let place, place.backend === backend { return place }
        let values = try backend.tensor(normalization.values, [normalization.channels, 256])
        var images: Tensor?
        if dataset.pixels.count <= memoryLimit ?? backend.device.memoryBytes / 8 {
            let shape = try Shape([dataset.count, dataset.height, dataset.width, dataset.channels])
            let tensor = try backend.makeTensor(shape, .uint8)
            try dataset.pixels.withUnsafeBytes { try backend.write($0, into: tensor) }
            images = tensor
        }
        let place = Place(backend: backend, values: values, images: images)
        self.place = place
        return place
    }

    /// The images that the programs name, each once, on the device; and the programs for these.
    private func rows(
        of programs: ImagePrograms, on backend: any Backend
    ) throws -> (rows: Tensor, programs: ImagePrograms) {
        let sources = programs.sources
        if let stray = sources.first(where: { !dataset.labels.indices.contains($0) }) {
            throw TensorError.invalidArgument(
                operation: "imageViews", problem: "a view is made of image \(stray), there are \(dataset.count)")
        }
        var rowOfImage: [Int: Int] = [:]
        var members: [Int] = []
        for source in sources where rowOfImage[source] == nil {
            rowOfImage[source] = members.count
            members.append(source)
        }
        let length = dataset.imageByteCount
        var bytes: [UInt8] = []
        bytes.reserveCapacity(members.count * length)
        dataset.pixels.withUnsafeBytes { pixels in
            for member in members { bytes += pixels[member * length..<(member + 1) * length] }
        }
        let shape = try Shape([members.count, dataset.height, dataset.width, dataset.channels])
        let rows = try backend.tensor(HostTensor(shape: shape, elementType: .uint8, bytes: bytes))
        return (rows, programs.renumbered { rowOfImage[$0] ?? 0 })
    }
}
