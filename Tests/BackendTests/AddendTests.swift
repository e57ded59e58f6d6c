import BackendTesting
import CPUBackend
import OpenCLBackend
import Tensors
import XCTest

/// What a kernel adds on its way out gives the bits of an addition afterwards, on every device: a tape may use the one
/// form or the other.
final class AddendTests: XCTestCase {
    private static func backends() throws -> [any Backend] {
        try [CPUBackend()] + OpenCLDevice.all().map { try OpenCLBackend(device: $0) }
    }

    /// Winograd's kernels with tiles of both widths, the direct ones, one with a stride, and the first layer's.
    func testConvolutionsAddToTheFinishedSum() throws {
        let problems: [(input: Shape, filter: Shape, stride: Int, padding: Int)] = [
            ([2, 9, 7, 32], [3, 3, 32, 48], 1, 1), ([3, 38, 40, 32], [3, 3, 32, 48], 1, 1),
            ([3, 76, 80, 32], [3, 3, 32, 48], 2, 1),
            ([2, 5, 6, 17], [3, 3, 17, 19], 1, 1),
            ([2, 8, 7, 16], [1, 1, 16, 32], 2, 0), ([2, 8, 8, 3], [3, 3, 3, 16], 1, 1),
        ]
        for backend in try Self.backends() {
            for (input, filter, stride, padding) in problems {
                let problem = try Convolution2DProblem(input: input, filter: filter, stride: stride, padding: padding)
                let x = try random(input, 0, on: backend)
                let w = try random(filter, 1, on: backend)
                let y = try random(problem.outputShape, 2, on: backend)
                try assertEqual(
                    try backend.convolution2D(x, filter: w, stride: stride, padding: padding, adding: y),
                    try backend.convolution2D(x, filter: w, stride: stride, padding: padding), plus: y, on: backend,
                    "convolution2D \(problem)")
                try assertEqual(
                    try backend.convolution2DInputGradient(
                        y, filter: w, inputShape: input, stride: stride, padding: padding, adding: x),
                    try backend.convolution2DInputGradient(
                        y, filter: w, inputShape: input, stride: stride, padding: padding), plus: x, on: backend,
                    "convolution2DInputGradient \(problem)")
            }
        }
    }

    func testBatchNormalizationAddsToTheFinishedGradient() throws {
        for backend in try Self.backends() {
            for channels in [5, 32] {
                let x = try random([2, 9, 7, channels], 0, on: backend)
                let dy = try random(x.shape, 1, on: backend)
                let received = try random(x.shape, 2, on: backend)
                let rows = try (3..<6).map { try random([channels], $0, on: backend) }
                let inverse = try backend.tensor(repeating: 0.9, [channels])
                func gradient(adding received: Tensor?) throws -> Tensor {
                    try backend.batchNormalizationTrainingGradient(
                        dy, input: x,
                        normalization: ChannelNormalization(
                            scale: rows[0], shift: rows[1],
                            statistics: BatchStatistics(mean: rows[2], inverseStandardDeviation: inverse),
                            negativeSlope: 0.1),
                        intoScale: try backend.makeTensor([channels], .float32),
                        intoShift: try backend.makeTensor([channels], .float32), adding: received)
                }
                try assertEqual(
                    try gradient(adding: received), try gradient(adding: nil), plus: received, on: backend,
                    "batchNormalizationTrainingGradient c\(channels)")
            }
        }
    }

    private func random(_ shape: Shape, _ sample: UInt32, on backend: any Backend) throws -> Tensor {
        try backend.randomNormal(shape, stream: RandomStream(seed: 0, purpose: .testing, sample: sample))
    }

    private func assertEqual(
        _ fused: Tensor, _ alone: Tensor, plus addend: Tensor, on backend: any Backend, _ what: String
    ) throws {
        let separate = try backend.read(try backend.binary(.add, alone, addend))
        XCTAssertEqual(
            try backend.read(fused).floats.map(\.bitPattern), separate.floats.map(\.bitPattern),
            "\(what) on \(backend.device.name)")
    }
}
