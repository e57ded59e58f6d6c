import BackendTesting
import CPUBackend
import Foundation
import OpenCLBackend
import Tensors
import XCTest

/// Tensors of 8 MiB and more, which CPU-like devices write past their caches, have the values of small ones.
final class StreamingTests: XCTestCase {
    /// Each of a mebibyte or more where it is written.
    private let images = 9

    private func backends() throws -> [OpenCLBackend] {
        let devices = OpenCLDevice.all().filter { $0.family == .cpuLike }
        try XCTSkipIf(devices.isEmpty, "no CPU-like OpenCL device is present")
        return try devices.map { try OpenCLBackend(device: $0) }
    }

    /// Winograd's kernels, the direct ones with a stride, the first layer's and 1×1, with and without an addend, with
    /// channels that fill their last register block and that do not: each image as by itself.
    func testConvolutions() throws {
        for backend in try backends() {
            for (channels, size, stride, outputs) in [
                (16, 3, 1, 16), (16, 3, 2, 16), (16, 3, 2, 48), (3, 3, 1, 16), (3, 3, 1, 48), (16, 1, 1, 16),
                (16, 1, 1, 48),
            ] {
                let edge = 128 * stride
                let x = try random([images, edge, edge, channels], 0, on: backend)
                let addend = try random([images, 128, 128, outputs], 1, on: backend)
                let filter = try random([size, size, channels, outputs], 2, on: backend)
                let name = "c\(channels) r\(size) s\(stride) k\(outputs)"
                try assertEachImageIsAsByItself(addend.shape, on: backend, "convolution \(name)") {
                    try backend.convolution2D($0(x), filter: filter, stride: stride, padding: size / 2)
                }
                try assertEachImageIsAsByItself(addend.shape, on: backend, "adding \(name)") {
                    try backend.convolution2D(
                        $0(x), filter: filter, stride: stride, padding: size / 2, adding: $0(addend))
                }
            }
        }
    }

    func testInputGradients() throws {
        for backend in try backends() {
            for (size, stride) in [(3, 1), (3, 2), (1, 2)] {
                let dy = try random([images, 128 / stride, 128 / stride, 32], 0, on: backend)
                let filter = try random([size, size, 16, 32], 1, on: backend)
                let addend = try random([images, 128, 128, 16], 2, on: backend)
                for isAdding in [false, true] {
                    try assertEachImageIsAsByItself(
                        addend.shape, on: backend, "input gradient r\(size) s\(stride)\(isAdding ? " adding" : "")"
                    ) { part in
                        let gradient = try part(dy)
                        return try backend.convolution2DInputGradient(
                            gradient, filter: filter, inputShape: [gradient.shape[0], 128, 128, 16], stride: stride,
                            padding: size / 2, adding: isAdding ? try part(addend) : nil)
                    }
                }
            }
        }
    }

    func testNormalization() throws {
        for backend in try backends() {
            let x = try random([images, 128, 128, 16], 0, on: backend)
            let normalization = try normalization(on: backend)
            try assertEachImageIsAsByItself(x.shape, on: backend, "normalize") {
                try backend.normalize($0(x), by: normalization)
            }
        }
    }

    /// Here an image's gradient depends on all others, so the reference says what is right.
    func testTheGradientOfNormalization() throws {
        func gradient(_ backend: any Backend) throws -> HostTensor {
            let shape: Shape = [images, 128, 128, 16]
            return try backend.read(
                try backend.batchNormalizationTrainingGradient(
                    try random(shape, 0, on: backend), input: try random(shape, 1, on: backend),
                    normalization: try normalization(on: backend), intoScale: try backend.makeTensor([16], .float32),
                    intoShift: try backend.makeTensor([16], .float32), adding: try random(shape, 2, on: backend)))
        }
        let expected = try gradient(CPUBackend())
        let tolerance = Tolerance(relative: 1e-5, absolute: 0, reason: "sums in another order")
        for backend in try backends() {
            XCTAssertNil(tolerance.compare(try gradient(backend), with: expected).mismatch, backend.device.name)
        }
    }

    private func normalization(on backend: any Backend) throws -> ChannelNormalization {
        let rows = try (3..<6).map { try random([16], $0, on: backend) }
        return ChannelNormalization(
            scale: rows[0], shift: rows[1],
            statistics: BatchStatistics(
                mean: rows[2], inverseStandardDeviation: try backend.tensor(repeating: 0.9, [16])),
            negativeSlope: 0.1)
    }

    private func random(_ shape: Shape, _ sample: UInt32, on backend: any Backend) throws -> Tensor {
        try backend.randomNormal(shape, stream: RandomStream(seed: 0, purpose: .testing, sample: sample))
    }

    /// Performs an operation on all images together, and on each alone.
    ///
    /// - Parameter perform: performs it on the part, all of it or an image, of its inputs that it asks for.
    private func assertEachImageIsAsByItself(
        _ shape: Shape, on backend: OpenCLBackend, _ what: String,
        performing perform: ((Tensor) throws -> Tensor) throws -> Tensor
    ) throws {
        let together = try perform { $0 }
        XCTAssertEqual(together.shape, shape)
        XCTAssertGreaterThanOrEqual(4 * together.count, 8 << 20, "too small to be streamed")
        let all = try backend.read(together).floats
        for n in 0..<images {
            let alone = try perform { tensor in
                let imageShape = try Shape([1] + tensor.shape.dimensions.dropFirst())
                return try tensor.view(at: n * imageShape.count, shape: imageShape)
            }
            let values = try backend.read(alone).floats
            let isSame = all.withUnsafeBytes { all in
                values.withUnsafeBytes { memcmp($0.baseAddress!, all.baseAddress! + n * $0.count, $0.count) == 0 }
            }
            XCTAssertTrue(isSame, "\(what), image \(n) on \(backend.device.name)")
        }
    }
}
