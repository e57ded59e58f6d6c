import Foundation
import XCTest

/// Whatever ends a run, resuming gives the bytes of a run that nothing ended.
final class InterruptionTests: CommandLineTestCase {
    func testKilledTwiceAndResumed() throws {
        XCTAssertEqual(try Program.run(training(in: "whole")).status, 0)
        for step in [1, 3] {
            let run = try Program.start(training(in: "killed", "--resume"))
            XCTAssertTrue(run.waits(forFile: path("killed/checkpoint-\(step).safetensors")))
            run.send(SIGKILL)
            XCTAssertEqual(try run.result().status, SIGKILL)
            XCTAssertFalse(exists("killed/final.safetensors"), "the run had ended before it was killed")
        }
        let resumed = try Program.run(training(in: "killed", "--resume"))
        XCTAssertEqual(resumed.status, 0, resumed.errors)
        XCTAssertTrue(resumed.output.contains("going on after step"), resumed.output)
        XCTAssertEqual(try bytes("killed/final.safetensors"), try bytes("whole/final.safetensors"))
    }

    func testControlCSavesACheckpointAndSaysHowToGoOn() throws {
        let run = try Program.start(training(in: "run"))
        XCTAssertTrue(run.waits(forFile: path("run/checkpoint-1.safetensors")))
        run.send(SIGINT)
        let result = try run.result()
        XCTAssertEqual(result.status, 130, result.errors)
        XCTAssertFalse(exists("run/final.safetensors"))
        let line = try XCTUnwrap(result.output.split(separator: "\n").last)
        XCTAssertTrue(line.contains("go on with: equipoise train"), String(line))
        let command = try XCTUnwrap(line.split(separator: "go on with: equipoise ").last)
        let resumed = try Program.run(command.split(separator: " ").map(String.init))
        XCTAssertEqual(resumed.status, 0, resumed.errors)
        XCTAssertTrue(exists("run/final.safetensors"))
    }

    func testResumingStaysOnTheDeviceUnlessAskedOtherwise() throws {
        let training = [
            "train", path("tiny.yaml"), "--output", path("run"), "--set", "training.steps=1", "--set",
            "training.evaluate_every=1",
        ]
        XCTAssertEqual(try Program.run(training + ["--device", "cpu"]).status, 0)
        let resumed = try Program.run(training + ["--resume"])
        XCTAssertEqual(resumed.status, 0, resumed.errors)
        XCTAssertEqual(resumed.output.hasPrefix("device: cpu "), true, resumed.output)
        XCTAssertTrue(resumed.output.contains("(as before)"), resumed.output)
    }

    func testWithoutOpenCLTheCPUTrainsAndJSONIsAlone() throws {
        let result = try Program.run(
            [
                "train", path("tiny.yaml"), "--output", path("run"), "--json", "--set", "training.steps=1", "--set",
                "training.evaluate_every=1",
            ], environment: ["OCL_ICD_VENDORS": "/nonexistent"])
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertTrue(result.errors.contains("there is no OpenCL device"), result.errors)
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        XCTAssertEqual((json?["device"] as? String)?.hasPrefix("cpu "), true)
        XCTAssertEqual(
            try JSONSerialization.jsonObject(with: bytes("run/summary.json")) as? NSDictionary, json as NSDictionary?)
    }
}
