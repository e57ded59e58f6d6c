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

    func testProductsThatGoThroughCLBlastShareTheFastestParameters() throws {
        try XCTSkipIf(OpenCLDevice.all().isEmpty, "no OpenCL device is present")
        func settled(_ products: [[String: Double]]) -> [String] {
            var tuning = Tuning(for: OpenCLDevice.all()[0])
            for (index, times) in products.enumerated() {
                tuning.choose(
                    Tuning.Choice(
                        operation: "gemm", problem: "m\(index)", implementation: "tiles", milliseconds: times))
            }
            tuning.settleCLBlast()
            return tuning.choices.map { "\($0.problem) \($0.implementation)" }
        }
        let mixed = [
            ["clblast": 1.0, "clblastSmallTiles": 2, "clblastLargeTiles": 0.9, "tiles": 3],
            ["clblast": 3.0, "clblastSmallTiles": 4, "clblastLargeTiles": 1, "tiles": 2],
            ["clblast": 5.0, "clblastSmallTiles": 1, "clblastLargeTiles": 4, "tiles": 1.1],
        ]
        XCTAssertEqual(
            settled(mixed), [" clblastLargeTiles", "m0 clblastLargeTiles", "m1 clblastLargeTiles", "m2 tiles"])
        XCTAssertEqual(settled([["clblast": 1, "clblastLargeTiles": 0.98, "tiles": 1]]), [" clblast", "m0 clblast"])
        XCTAssertEqual(settled([["tiles": 1]]), ["m0 tiles"], "without CLBlast nothing changes")
    }

    /// In processes of their own: CLBlast keeps its parameters for the whole process.
    func testProductsAreRightWithEveryOfCLBlastsParameters() throws {
        let isPresent = !OpenCLDevice.all().isEmpty && (try? CLBlastLibrary.shared.get()) != nil
        try XCTSkipUnless(isPresent, "no OpenCL device or no CLBlast is present")
        for name in OpenCLBackend.clblastNames.dropFirst() {
            let result = try Program.run([
                "parity", "--device", "opencl", "--family", "gpuLike", "--suite", "small", "--only", "gemm ",
                "--implementation", "gemm=\(name)",
            ])
            XCTAssertEqual(result.status, 0, result.output + result.errors)
            XCTAssertTrue(result.output.contains("passed"), result.output)
        }
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
