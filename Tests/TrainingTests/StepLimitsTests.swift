import CPUBackend
import NeuralNetworks
import OpenCLBackend
import Tensors
import XCTest

@testable import Training

/// Numbers of a training step that no machine's speed changes. A limit is what there is now: whoever saves launches or
/// bytes lowers it, and nobody raises it without a reason.
final class StepLimitsTests: XCTestCase {
    /// DASO's step of WRN-28-2 on 4 labelled and 8 unlabelled images. The number of launches is the same for any batch,
    /// but for the sums of the filter gradients' partial results.
    func testTheStepOfWideResNet28_2OnEveryOpenCLDevice() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        for device in devices {
            let backend = try OpenCLBackend(device: device)
            let benchmark = try StepBenchmark(
                model: .wideResNet(depth: 28, width: 2), labelled: 4, unlabelled: 8, on: backend)
            try benchmark.warmUp(steps: 2)
            let timing = try benchmark.run(steps: 1)
            // So few images need Winograd's kernels with narrow tiles beside those with wide ones and those of stride 2.
            XCTAssertLessThanOrEqual(backend.compilations, 25, device.summary)
            XCTAssertLessThanOrEqual(timing.launchesPerStep, 397, device.summary)
            XCTAssertEqual(timing.allocationsPerStep, 0, device.summary)
            XCTAssertLessThanOrEqual(timing.peakBytes, Self.stepBytes(on: device), device.summary)
        }
    }

    /// Activations are most of the memory of a step. What is left as it was: parameters, their gradients and velocities, the
    /// teacher, transformed filters, partial results; and on a CPU the float32 copy of one activation at a time, which weighs
    /// more in a network as small as this.
    func testHalvesTakeLessThanTwoThirdsOfTheMemoryOnEveryOpenCLDevice() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        for device in devices {
            let timings = try Precision.allCases.map { precision in
                let backend = try OpenCLBackend(device: device)
                let benchmark = try StepBenchmark(
                    model: .wideResNet(depth: 10, width: 1), labelled: 16, unlabelled: 24, precision: precision,
                    on: backend)
                try benchmark.warmUp(steps: 2)
                return try benchmark.run(steps: 1)
            }
            XCTAssertLessThanOrEqual(timings[1].peakBytes, timings[0].peakBytes * 2 / 3, device.summary)
            XCTAssertEqual(timings[1].allocationsPerStep, 0, device.summary)
        }
    }

    func testTheClassificationOfABatchOnEveryOpenCLDevice() throws {
        let devices = OpenCLDevice.all()
        try XCTSkipIf(devices.isEmpty, "no OpenCL device is present")
        for device in devices {
            let backend = try OpenCLBackend(device: device)
            let benchmark = try InferenceBenchmark(model: .wideResNet(depth: 28, width: 2), batch: 8, on: backend)
            try benchmark.warmUp(steps: 2)
            let timing = try benchmark.run(steps: 1)
            XCTAssertLessThanOrEqual(timing.launchesPerStep, 91, device.summary)
            XCTAssertEqual(timing.allocationsPerStep, 0, device.summary)
            // 2.25 MiB of it is the largest filter, transformed for Winograd's convolution.
            XCTAssertLessThanOrEqual(timing.peakBytes, 25 << 20, device.summary)
        }
    }

    func testAStepOnTheCPUAllocatesNothing() throws {
        let benchmark = try StepBenchmark(
            model: .wideResNet(depth: 10, width: 1), labelled: 2, unlabelled: 2, on: CPUBackend())
        try benchmark.warmUp(steps: 2)
        let timing = try benchmark.run(steps: 1)
        XCTAssertLessThanOrEqual(timing.launchesPerStep, 118)
        XCTAssertEqual(timing.allocationsPerStep, 0)
        XCTAssertLessThanOrEqual(timing.peakBytes, 11 << 20)
    }

    /// Parameters, their gradients and their velocities lie in three arenas without gaps to speak of.
    func testTheParametersOfWideResNet28_2TakeLittleMoreThanTheirNumber() throws {
        let network = try WideResNet(
            WideResNetConfiguration(depth: 28, width: 2, form: ClassifierForm(inputChannels: 3, classes: 10)), seed: 0,
            on: CPUBackend())
        XCTAssertEqual(network.parameters.parameterCount, 1_467_610)
        XCTAssertLessThanOrEqual(network.parameters.values.byteCount, 1_467_610 * 4 + 64)
    }

    /// Partial results of filter gradients, 64 MiB at most, take more memory where more cores work on them.
    private static func stepBytes(on device: OpenCLDevice) -> Int {
        (device.computeUnits <= 4 ? 104 : 104 + 64) << 20
    }
}
