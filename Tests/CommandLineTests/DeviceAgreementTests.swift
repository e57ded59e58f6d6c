import Foundation
import XCTest

/// Devices differ in rounding only, so their runs stay together as long as the learning rate has not yet magnified that.
final class DeviceAgreementTests: CommandLineTestCase {
    func testOpenCLFollowsTheCPU() throws {
        let list = try Program.run(["devices", "--json"])
        let devices = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [Any]
        try XCTSkipIf(devices?.count == 1, "no OpenCL device is present")
        // Steps too small to magnify a rounding error, and no pseudo-label that hangs on one.
        let settings = [
            "optimizer.learning_rate=0.003", "method.confidence_threshold=0.95", "method.warm_up_steps=100",
            "training.steps=20", "training.log_every=1", "training.evaluate_every=20", "training.labelled_batch=4",
            "training.checkpoint_every=20", "schedule.warm_up_steps=100",
        ]
        let curves = try ["cpu", "opencl"].map { device in
            let result = try Program.run(
                ["train", path("tiny.yaml"), "--device", device, "--output", path(device)]
                    + settings.flatMap { ["--set", $0] })
            XCTAssertEqual(result.status, 0, result.errors)
            return try self.losses(ofLog: "\(device)/log.jsonl")
        }
        XCTAssertEqual(curves[0].count, 20)
        XCTAssertEqual(curves[1].count, 20)
        for (step, (cpu, openCL)) in zip(curves[0], curves[1]).enumerated() {
            XCTAssertLessThanOrEqual(abs(cpu - openCL), 1e-3 * abs(cpu), "step \(step + 1): \(cpu) and \(openCL)")
        }
    }

    private func losses(ofLog name: String) throws -> [Double] {
        try bytes(name).split(separator: UInt8(ascii: "\n")).compactMap { line in
            let event = try JSONSerialization.jsonObject(with: line) as? [String: Any]
            return (event?["losses"] as? [String: Double])?["total"]
        }
    }
}
