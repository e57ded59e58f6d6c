import Foundation
import XCTest

/// Bad input gets one clear line and an exit code, and nothing is left half-written.
final class BadInputTests: CommandLineTestCase {
    func testRecipesAndValues() throws {
        let cases = [
            (["training.stepz=5"], "did you mean \"training.steps\"?"),
            (["data.labelled_imbalance=0"], "must be at least 1"),
            (["training.labelled_batch=0"], "must be from 1 to 65536, not 0"),
            (["data.labelled_head=9"], "images of class"),
            (["data.root=/nonexistent"], "is missing"),
            (["nonsense"], "--set takes key=value"),
        ]
        for (overrides, text) in cases {
            try assertRefused(training(in: "run") + overrides.flatMap { ["--set", $0] }, text)
            XCTAssertFalse(exists("run"), text)
        }
        try assertRefused(["train", "no-such-recipe"], "there is no recipe or file \"no-such-recipe\"")
        try assertRefused(training(in: "run", "--seed", "-1"), status: 64, "--seed")
    }

    func testTruncatedData() throws {
        let name = "data/train-images-idx3-ubyte"
        try bytes(name).dropLast(100).write(to: URL(fileURLWithPath: path(name)))
        try assertRefused(training(in: "run"), "train-images-idx3-ubyte")
        XCTAssertFalse(exists("run"))
    }

    func testDevices() throws {
        let train = ["train", path("tiny.yaml"), "--output", path("run"), "--device"]
        try assertRefused(train + ["gpu"], status: 64, "gpu")
        try assertRefused(train + ["opencl:no such device"], "no OpenCL device \"no such device\"")
        try assertRefused(train + ["opencl:99"], "no OpenCL device \"99\"")
        try assertRefused(train + ["opencl"], "OpenCL", environment: ["OCL_ICD_VENDORS": "/nonexistent"])
        XCTAssertFalse(exists("run"))
    }

    func testFolderThatCannotBeWritten() throws {
        try assertRefused(training(in: "tiny.yaml/run"), "cannot write to the run folder")
        try assertRefused(
            ["train", path("tiny.yaml"), "--device", "cpu", "--output", "/proc/run"],
            "cannot write to the run folder /proc/run: /proc takes no new files")
    }

    func testCheckpointsAndFoldersOfOtherRuns() throws {
        let quick = ["--set", "training.steps=1", "--set", "training.evaluate_every=1"]
        XCTAssertEqual(try Program.run(training(in: "run") + quick).status, 0)
        try assertRefused(training(in: "run") + quick, "already holds a run")
        try assertRefused(
            training(in: "run", "--resume", "--seed", "2") + quick,
            "belongs to another recipe: seed (1 there, 2 here); choose another --output")

        let final = path("run/final.safetensors")
        let evaluate = ["evaluate", "--device", "cpu", "--set", "data.root=\(path("data"))"]
        try assertRefused(evaluate + [path("nothing")], "there is no such file")
        try assertRefused(evaluate + [path("tiny.yaml")], "tiny.yaml")
        try assertRefused(evaluate + [final, "--recipe", "fashion-mnist-lt/daso"], "leave out --recipe and --set")
        try bytes("run/final.safetensors").dropLast(1).write(to: URL(fileURLWithPath: path("cut.safetensors")))
        try assertRefused(evaluate + [path("cut.safetensors")], "cut.safetensors is corrupt")

        let result = try Program.run(evaluate + [final, "--json"])
        XCTAssertEqual(result.status, 0, result.errors)
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        XCTAssertNotNil(json?["balanced_accuracy"])
    }
}
