import Foundation
import Tensors
import XCTest

@testable import OpenCLBackend
@testable import equipoise

/// Tuning a device changes how later runs round; it must not change a run that has begun.
final class TuningTests: CommandLineTestCase {
    private var environment: [String: String] { ["EQUIPOISE_CACHE": path("cache")] }

    func testARunKeepsItsChoicesWhateverTheCacheHoldsLater() throws {
        let list = try Program.run(["devices", "--json"])
        let devices = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [Any]
        try XCTSkipIf(devices?.count == 1, "no OpenCL device is present")

        try train("untuned", "--tuning", "none")
        XCTAssertFalse(exists("untuned/tuning.json"))

        let tuned = try Program.run(
            ["tune", path("tiny.yaml"), "--device", "opencl", "--rounds", "1", "--only", "convolution2D n6"],
            environment: environment)
        XCTAssertEqual(tuned.status, 0, tuned.errors)
        XCTAssertTrue(tuned.output.contains("convolution2D n6 h28 w28 c1 k16 r3 s1 p1: "), tuned.output)
        // Other choices than the standard ones, so that it can be seen whose are used.
        try chooseInCache("reference")
        try train("first")
        XCTAssertNotEqual(try bytes("first/final.safetensors"), try bytes("untuned/final.safetensors"))

        // Tuned once more, with another outcome: resuming and repeating the first run give its bytes all the same.
        try chooseInCache("direct")
        try FileManager.default.copyItem(atPath: path("first"), toPath: path("resumed"))
        for name in ["final", "checkpoint-5", "checkpoint-4"] {
            try FileManager.default.removeItem(atPath: path("resumed/\(name).safetensors"))
        }
        try train("resumed", "--resume")
        XCTAssertEqual(try bytes("resumed/final.safetensors"), try bytes("first/final.safetensors"))
        try train("repeated", "--tuning", path("first/tuning.json"))
        XCTAssertEqual(try bytes("repeated/final.safetensors"), try bytes("first/final.safetensors"))

        // A run that began without choices stays so.
        let untuned = try bytes("untuned/final.safetensors")
        for name in ["final", "checkpoint-5", "checkpoint-4"] {
            try FileManager.default.removeItem(atPath: path("untuned/\(name).safetensors"))
        }
        try train("untuned", "--resume")
        XCTAssertEqual(try bytes("untuned/final.safetensors"), untuned)
        XCTAssertFalse(exists("untuned/tuning.json"))

        try Data("{".utf8).write(to: try cacheFile())
        try assertRefused(arguments("broken"), "cannot read the tuned choices", environment: environment)
        XCTAssertFalse(exists("broken"))
    }

    func testTuningNeedsAnOpenCLDevice() throws {
        try assertRefused(["tune", path("tiny.yaml"), "--device", "cpu"], "the CPU backend has nothing to choose from")
        try assertRefused(["tune", "--rounds", "0"], status: 64, "--rounds must be from 1")
        try assertRefused(["tune", "--general"], status: 64, "--general needs --output")
    }

    func testGeneralChoicesAreThoseThatWinClearlyEachTime() {
        func problem(_ batch: Int, _ channels: Int) throws -> TunableProblem {
            let convolution = try Convolution2DProblem(
                input: [batch, 8, 8, channels], filter: [3, 3, channels, 16], stride: 1, padding: 1)
            return TunableProblem(
                operation: "convolution2D", problem: .convolution2D(convolution), candidates: ["a", "b", "c"])
        }
        func winner(_ trials: [(batch: Int, times: [String: Double])]) throws -> Tuning.Choice? {
            var choices = GeneralChoices()
            for trial in trials { choices.add(trial.times, of: try problem(trial.batch, 16)) }
            XCTAssertLessThanOrEqual(choices.clear.count, 1)
            return choices.clear.first
        }
        XCTAssertEqual(
            try winner([(1, ["a": 1, "b": 0.8]), (64, ["a": 9, "b": 5, "c": 4]), (64, ["a": 4, "b": 3])]),
            Tuning.Choice(
                operation: "convolution2D", problem: "h8 w8 c16 k16 r3 s1 p1", implementation: "b",
                milliseconds: ["a": 14, "b": 8.8]))
        XCTAssertNil(try winner([(1, ["a": 1, "b": 0.95]), (64, ["a": 9, "b": 4])]), "once not clearly")
        XCTAssertNil(try winner([(1, ["a": 1, "b": 0.5]), (1, ["a": 1, "c": 0.5])]), "now one, now another")
        XCTAssertEqual(try winner([(1, ["b": 2])])?.implementation, "b", "the first of the list was not right")
        XCTAssertNil(try winner([(1, [:])]))
    }

    private func arguments(_ name: String, _ more: [String] = []) -> [String] {
        ["train", path("tiny.yaml"), "--device", "opencl", "--output", path(name)] + more
    }

    private func train(_ name: String, _ more: String...) throws {
        let result = try Program.run(arguments(name, more), environment: environment)
        XCTAssertEqual(result.status, 0, "\(name): \(result.errors)")
    }

    private func cacheFile() throws -> URL {
        let folder = URL(fileURLWithPath: path("cache/tuning"))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        XCTAssertEqual(files.count, 1)
        return try XCTUnwrap(files.first)
    }

    /// Puts a choice for the filter gradient of the first block into the cache's file.
    private func chooseInCache(_ implementation: String) throws {
        let file = try cacheFile()
        var tuning = try XCTUnwrap(
            JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let choices = try XCTUnwrap(tuning["choices"] as? [[String: Any]])
        let choice: [String: Any] = [
            "operation": "convolution2DFilterGradient", "problem": "n6 h28 w28 c16 k16 r3 s1 p1",
            "implementation": implementation, "milliseconds": [String: Double](),
        ]
        tuning["choices"] = choices + [choice]
        try JSONSerialization.data(withJSONObject: tuning).write(to: file)
    }
}
