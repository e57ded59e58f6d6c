import CPUBackend
import Tensors
import XCTest

@testable import BackendTesting

/// The CPU backend, which others are compared with, against loops that follow the definitions word by word in double
/// precision. Its products run in blocks: the extents here lie on both sides of the blocks' edges.
final class ReferenceTests: XCTestCase {
    private let backend = CPUBackend()
    private let tolerance = Tolerance(relative: 2e-6, reason: "sums in float32 and in another order")

    func testConvolutionFollowsItsDefinition() throws {
        let problems: [(input: Shape, filter: Shape, stride: Int, padding: Int)] = [
            ([2, 9, 7, 16], [3, 3, 16, 33], 2, 1), ([1, 8, 8, 33], [3, 3, 33, 17], 1, 1),
            ([1, 7, 9, 64], [3, 3, 64, 64], 1, 1), ([1, 4, 5, 130], [3, 3, 130, 70], 1, 1),
            ([1, 28, 28, 1], [3, 3, 1, 16], 1, 1), ([2, 15, 13, 3], [7, 7, 3, 16], 2, 3),
            ([2, 9, 10, 32], [1, 1, 32, 64], 2, 0), ([1, 6, 5, 16], [3, 5, 16, 16], 2, 1),
            ([3, 5, 6, 7], [5, 5, 7, 5], 1, 2), ([1, 11, 8, 4], [3, 3, 4, 6], 3, 1),
            ([17, 2, 2, 8], [3, 3, 8, 8], 1, 1), ([2, 1, 1, 5], [1, 1, 5, 1], 1, 0),
        ]
        for entry in problems {
            let problem = try Convolution2DProblem(
                input: entry.input, filter: entry.filter, stride: entry.stride, padding: entry.padding)
            let hosts = try [
                Argument.input("input", problem.inputShape), .input("filter", problem.filterShape),
                .input("outputGradient", problem.outputShape),
            ].filled(for: "\(problem)")
            let tensors = try hosts.mapValues { try backend.tensor($0) }
            let input = try XCTUnwrap(tensors["input"])
            let filter = try XCTUnwrap(tensors["filter"])
            let outputGradient = try XCTUnwrap(tensors["outputGradient"])
            let filterGradient = try backend.makeTensor(problem.filterShape, .float32)
            try backend.convolution2DFilterGradient(
                outputGradient, input: input, stride: problem.stride, padding: problem.padding, into: filterGradient)

            let expected = try NaiveConvolution(problem, hosts: hosts)
            try assertEqual(
                try backend.convolution2D(input, filter: filter, stride: problem.stride, padding: problem.padding),
                expected.output, problem.outputShape, "output of \(problem)")
            try assertEqual(
                try backend.convolution2DInputGradient(
                    outputGradient, filter: filter, inputShape: problem.inputShape, stride: problem.stride,
                    padding: problem.padding),
                expected.inputGradient, problem.inputShape, "input gradient of \(problem)")
            try assertEqual(
                filterGradient, expected.filterGradient, problem.filterShape, "filter gradient of \(problem)")
        }
    }

    func testMatrixProductFollowsItsDefinition() throws {
        for (m, n, k) in [
            (1, 1, 1), (5, 7, 3), (17, 33, 19), (64, 10, 128), (65, 63, 130), (7, 129, 300), (1, 100, 64),
        ] {
            for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
                let a: Shape = transposeA ? [k, m] : [m, k]
                let b: Shape = transposeB ? [n, k] : [k, n]
                let hosts = try [Argument.input("a", a), .input("b", b), .input("c", [m, n])].filled(
                    for: "\(m) \(n) \(k)")
                let tensors = try hosts.mapValues { try backend.tensor($0) }
                let values = hosts.mapValues(\.doubles)
                let (aValues, bValues) = (values["a"] ?? [], values["b"] ?? [])
                var expected = values["c"] ?? []
                for row in 0..<m {
                    for column in 0..<n {
                        let sum = (0..<k).reduce(0.0) { sum, i in
                            sum + aValues[transposeA ? i * m + row : row * k + i]
                                * bValues[transposeB ? column * k + i : i * n + column]
                        }
                        expected[row * n + column] = -0.5 * sum + 2 * expected[row * n + column]
                    }
                }
                let c = try XCTUnwrap(tensors["c"])
                try backend.gemm(
                    alpha: -0.5, try XCTUnwrap(tensors["a"]), transposeA: transposeA, try XCTUnwrap(tensors["b"]),
                    transposeB: transposeB, beta: 2, into: c)
                try assertEqual(c, expected, [m, n], "gemm m\(m) n\(n) k\(k) \(transposeA) \(transposeB)")
            }
        }
    }

    private func assertEqual(_ tensor: Tensor, _ expected: [Double], _ shape: Shape, _ what: String) throws {
        let comparison = tolerance.compare(
            try backend.read(tensor), with: try HostTensor(expected.map(Float.init), shape: shape))
        XCTAssertNil(comparison.mismatch, what)
    }
}

/// The three directions of a convolution as sums over every (image, output pixel, filter tap, channel pair).
private struct NaiveConvolution {
    private(set) var output: [Double]
    private(set) var inputGradient: [Double]
    private(set) var filterGradient: [Double]

    init(_ problem: Convolution2DProblem, hosts: [String: HostTensor]) throws {
        output = [Double](repeating: 0, count: problem.outputShape.count)
        inputGradient = [Double](repeating: 0, count: problem.inputShape.count)
        filterGradient = [Double](repeating: 0, count: problem.filterShape.count)
        let input = hosts["input"]?.doubles ?? []
        let filter = hosts["filter"]?.doubles ?? []
        let outputGradient = hosts["outputGradient"]?.doubles ?? []
        let (channels, filters) = (problem.inputChannels, problem.outputChannels)

        for image in 0..<problem.batch {
            for p in 0..<problem.outputHeight {
                for q in 0..<problem.outputWidth {
                    let outputStart = ((image * problem.outputHeight + p) * problem.outputWidth + q) * filters
                    for r in 0..<problem.filterHeight {
                        for s in 0..<problem.filterWidth {
                            let h = p * problem.stride + r - problem.padding
                            let w = q * problem.stride + s - problem.padding
                            guard (0..<problem.inputHeight).contains(h), (0..<problem.inputWidth).contains(w) else {
                                continue
                            }
                            let inputStart = ((image * problem.inputHeight + h) * problem.inputWidth + w) * channels
                            let filterStart = (r * problem.filterWidth + s) * channels * filters
                            for c in 0..<channels {
                                for k in 0..<filters {
                                    let (x, y) = (inputStart + c, outputStart + k)
                                    let tap = filterStart + c * filters + k
                                    output[y] += input[x] * filter[tap]
                                    inputGradient[x] += outputGradient[y] * filter[tap]
                                    filterGradient[tap] += outputGradient[y] * input[x]
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
