import OpenCLBackend
import Tensors
import XCTest

@testable import BackendTesting

/// The same bits again, from every implementation of every list, on problems large enough to be divided among many
/// work-groups and, where sums are split, into several chunks: what a race or another order of a sum would change. The
/// parity rows repeat every implementation too, on smaller problems.
final class RepeatTests: XCTestCase {
    func testEveryImplementationGivesTheSameBitsAgain() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        let rows = try Self.rows()
        for device in devices {
            let backend = try OpenCLBackend(device: device)
            for (operation, names) in OpenCLBackend.implementationNames.sorted(by: { $0.key < $1.key }) {
                for name in names {
                    var wasRun = false
                    for row in rows where row.operation == operation {
                        wasRun = try repeats(row, by: name, on: backend) || wasRun
                    }
                    XCTAssertTrue(wasRun, "\(name) accepts no problem of \(operation)")
                }
            }
        }
    }

    /// Repeats a row as it is and in memory full of NaN. False if the implementation does not accept the problem.
    private func repeats(_ row: OperationRow, by name: String, on backend: OpenCLBackend) throws -> Bool {
        let hosts = try row.arguments.filled(for: row.name)
        let outcomes = try backend.performing(row.operation, by: name) {
            RowExecution(row: row, backend: backend, hosts: hosts).outcomes(
                of: [.repeatability, .poison], expected: [:])
        }
        for (check, outcome) in outcomes {
            switch outcome {
            case .passed: continue
            case .failed(let reason):
                XCTFail("\(row.name) by \(name) on \(backend.device.identifier), \(check.rawValue): \(reason)")
            case .unsupported: return false
            }
        }
        return true
    }

    /// Convolutions with three channels, with whole vectors of channels, few and more, of activations stored as halves, and
    /// with a filter of one tap, with a stride, each in three directions; and a product.
    private static func rows() throws -> [OperationRow] {
        func problem(
            _ inputChannels: Int, _ outputChannels: Int, extent: Int, stride: Int = 1,
            activations: ElementType = .float32
        ) throws -> Convolution2DProblem {
            try Convolution2DProblem(
                input: [16, 16 * stride, 16 * stride, inputChannels],
                filter: [extent, extent, inputChannels, outputChannels], stride: stride,
                padding: extent / 2, activations: activations)
        }
        let convolutions = [
            try problem(3, 16, extent: 3), try problem(32, 32, extent: 3),
            try problem(32, 32, extent: 3, activations: .float16),
            try problem(64, 64, extent: 3), try problem(32, 32, extent: 3, stride: 2), try problem(32, 64, extent: 1),
        ]
        let product = try GemmProblem(
            a: [300, 700], transposeA: false, b: [700, 90], transposeB: false, c: [300, 90])
        return ["convolution2D", "convolution2DInputGradient", "convolution2DFilterGradient"].flatMap { operation in
            convolutions.compactMap { OperationRow.convolution2D(operation, on: $0) }
        } + [.gemm(on: product)]
    }
}
