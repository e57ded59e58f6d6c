import BackendTesting
import CPUBackend
import OpenCLBackend
import Tensors
import XCTest

/// Convolutions that normalise what they read have the bits of a normalization followed by a convolution: whether the
/// normalised tensor is ever in memory decides nothing.
final class NormalizedConvolutionTests: XCTestCase {
    private let problems: [(input: Shape, filter: Shape, stride: Int)] = [
        // Winograd's kernels with wide tiles, narrow ones and some that reach beyond the image, the direct ones, and the
        // first layer's.
        ([3, 40, 40, 64], [3, 3, 64, 48], 1), ([3, 80, 80, 32], [3, 3, 32, 48], 2),
        ([2, 8, 8, 32], [3, 3, 32, 48], 1), ([2, 9, 7, 32], [3, 3, 32, 32], 1),
        ([2, 8, 7, 16], [3, 3, 16, 32], 2),
        ([2, 8, 8, 3], [3, 3, 3, 16], 1),
    ]

    func testTheNormalizedTensorNeedNotExist() throws {
        for backend in try [CPUBackend()] + OpenCLDevice.all().map({ try OpenCLBackend(device: $0) }) as [any Backend] {
            for (shape, filterShape, stride) in problems {
                let x = try random(shape, 0, on: backend)
                let filter = try random(filterShape, 1, on: backend)
                let normalization = try normalization(of: x, on: backend)
                let normalized = try backend.normalize(x, by: normalization)
                let (output, moments) = try backend.convolution2D(
                    x, normalizedBy: normalization, filter: filter, stride: stride, padding: 1, adding: nil,
                    gatheringMoments: true)
                try assertSameBits(
                    output, backend.convolution2D(normalized, filter: filter, stride: stride, padding: 1), on: backend)
                try assertMomentsFit(moments, output, on: backend)

                let outputGradient = try random(output.shape, 2, on: backend)
                let together = try backend.makeTensor(filterShape, .float32)
                let separate = try backend.makeTensor(filterShape, .float32)
                try backend.convolution2DFilterGradient(
                    outputGradient, input: x, normalizedBy: normalization, stride: stride, padding: 1, into: together)
                try backend.convolution2DFilterGradient(
                    outputGradient, input: normalized, stride: stride, padding: 1, into: separate)
                try assertSameBits(together, separate, on: backend)
            }
        }
    }

    func testWinogradsKernelsNormaliseAndGatherMomentsOnTheWay() throws {
        let devices = OpenCLDevice.all().filter { $0.family == .cpuLike }
        try XCTSkipIf(devices.isEmpty, "no CPU-like OpenCL device is present")
        for device in devices {
            let backend = try OpenCLBackend(device: device)
            let winograd = try Convolution2DProblem(
                input: [2, 8, 8, 32], filter: [3, 3, 32, 32], stride: 1, padding: 1)
            let direct = try Convolution2DProblem(input: [2, 8, 8, 32], filter: [3, 3, 32, 32], stride: 2, padding: 1)
            XCTAssertTrue(backend.normalizesWhileReading(winograd), device.summary)
            XCTAssertFalse(backend.normalizesWhileReading(direct), device.summary)

            let x = try random([2, 8, 8, 32], 0, on: backend)
            let (_, moments) = try backend.convolution2D(
                x, normalizedBy: normalization(of: x, on: backend), filter: random([3, 3, 32, 32], 1, on: backend),
                stride: 1, padding: 1, adding: nil, gatheringMoments: true)
            XCTAssertNotNil(moments, device.summary)
        }
    }

    /// A kernel would go through chunks of no rows without end.
    func testMomentsOfChunksWithoutRowsAreRefused() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        for device in devices {
            let backend = try OpenCLBackend(device: device)
            let row = try backend.tensor(repeating: 0, [16])
            let moments = ChannelMoments(chunks: try backend.tensor(repeating: 0, [4, 2, 16]), rowsPerChunk: 0)
            XCTAssertThrowsError(
                try backend.batchStatistics(
                    of: backend.tensor(repeating: 1, [4, 16]), moments: moments, runningMean: row, runningVariance: row,
                    epsilon: 1e-5, momentum: 0.1)
            ) { error in
                guard case TensorError.invalidArgument = error else { return XCTFail("\(error)") }
            }
        }
    }

    private func normalization(of x: Tensor, on backend: any Backend) throws -> ChannelNormalization {
        let channels = [x.shape.columns] as Shape
        return ChannelNormalization(
            scale: try random(channels, 3, on: backend), shift: try random(channels, 4, on: backend),
            statistics: try backend.batchStatistics(
                of: x, moments: nil, runningMean: try random(channels, 5, on: backend),
                runningVariance: try random(channels, 6, on: backend), epsilon: 1e-5, momentum: 0.1),
            negativeSlope: 0.1)
    }

    /// Statistics from the moments, if there are any, are those of the tensor, but for rounding.
    private func assertMomentsFit(_ moments: ChannelMoments?, _ output: Tensor, on backend: any Backend) throws {
        func statistics(_ moments: ChannelMoments?) throws -> [Float] {
            let zeros = try backend.tensor(repeating: 0, [output.shape.columns])
            let statistics = try backend.batchStatistics(
                of: output, moments: moments, runningMean: zeros, runningVariance: zeros, epsilon: 1e-5, momentum: 0.1)
            return try backend.read(statistics.mean).floats + backend.read(statistics.inverseStandardDeviation).floats
        }
        for (gathered, counted) in zip(try statistics(moments), try statistics(nil)) {
            XCTAssertEqual(gathered, counted, accuracy: 1e-4 * max(1, abs(counted)), backend.device.name)
        }
    }

    private func random(_ shape: Shape, _ sample: UInt32, on backend: any Backend) throws -> Tensor {
        try backend.randomNormal(shape, stream: RandomStream(seed: 0, purpose: .testing, sample: sample))
    }

    private func assertSameBits(_ one: Tensor, _ other: Tensor, on backend: any Backend) throws {
        XCTAssertEqual(
            try backend.read(one).floats.map(\.bitPattern), try backend.read(other).floats.map(\.bitPattern),
            "\(one.shape) on \(backend.device.name)")
    }
}
