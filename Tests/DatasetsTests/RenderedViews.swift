import CPUBackend
import Tensors
import XCTest

@testable import Datasets

/// One for all tests: they run one after another.
nonisolated(unsafe) private let backend = CPUBackend()

extension ByteImage {
    /// What a program makes of this image.
    ///
    /// - Parameter side: rows and columns of the view; nil for the image's own.
    func view(side: Int? = nil, _ write: (inout ImagePrograms) throws -> Void) throws -> ByteImage {
        let viewSize = side.map { ImagePrograms.Size(height: $0, width: $0) }
        var programs = try ImagePrograms(height: height, width: width, channels: channels, viewSize: viewSize)
        programs.begin(source: 0)
        try write(&programs)
        let values = try backend.tensor((0..<channels).flatMap { _ in (0...255).map(Float.init) }, [channels, 256])
        let images = try backend.tensor(
            HostTensor(shape: [1, height, width, channels], elementType: .uint8, bytes: pixels))
        let views = try backend.read(backend.imageViews(of: images, programs: programs, values: values))
        return try ByteImage(
            height: side ?? height, width: side ?? width, channels: channels, pixels: views.floats.map { UInt8($0) })
    }

    /// The image after an operation.
    func view(after operation: ImageOperation) throws -> ByteImage {
        try view { operation.append(to: &$0) }
    }
}

extension DeviceImages {
    /// The views, normalised, one after another.
    func rendered(_ programs: ImagePrograms) throws -> [Float] {
        try backend.read(views(programs, on: backend)).floats
    }
}

extension ImagePrograms {
    /// The program of each view.
    var programs: [[Int32]] {
        zip(starts, starts.dropFirst() + [words.count]).map { Array(words[$0..<$1]) }
    }
}
