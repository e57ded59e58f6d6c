import Foundation
import SyntheticData
import XCTest

final class DataCommandTests: CommandLineTestCase {
    func testImportDescribeTrainAndEvaluate() throws {
        try SyntheticImageFolder.write(to: path("photos"), trainPerClass: 8)
        try SyntheticImageFolder.write([("train/light/turned.jpg", "orientation-8.jpg")], to: path("photos"))
        try assertRefused(
            ["data", "import", path("photos"), "--output", path("photos.safetensors")], "--size brings all to one")
        XCTAssertFalse(exists("photos.safetensors"))
        let packed = try Program.run(
            ["data", "import", path("photos"), "--size", "8", "--output", path("photos.safetensors")])
        XCTAssertEqual(packed.status, 0, packed.errors)
        XCTAssertTrue(packed.output.contains("2 classes, images of 8×8 in colour"), packed.output)

        let described = try Program.run(["data", "describe", path("photos.safetensors"), "--json"])
        let json = try JSONSerialization.jsonObject(with: Data(described.output.utf8)) as? [String: Any]
        XCTAssertEqual(json?["train_counts"] as? [Int], [8, 9])
        XCTAssertEqual(json?["class_names"] as? [String], ["dark", "light"])
        // Four kinds of images, and without alpha rgb-8.png and rgba-8.png are one.
        XCTAssertEqual(json?["duplicates_in_train"] as? Int, 9 + 8 - 4)
        XCTAssertEqual(json?["test_images_in_train"] as? Int, 2)
        XCTAssertEqual(json?["name"] as? String, "photos")

        let recipe = try String(contentsOfFile: path("tiny.yaml"), encoding: .utf8)
            .replacing(#/\n  root:.*/#, with: "").replacing(
                #/\n  set:.*/#, with: "\n  set: \(path("photos.safetensors"))")
        try recipe.write(toFile: path("photos.yaml"), atomically: true, encoding: .utf8)
        let quick = ["--set", "training.steps=1", "--set", "training.evaluate_every=1", "--device", "cpu"]
        let trained = try Program.run(["train", path("photos.yaml"), "--output", path("run")] + quick)
        XCTAssertEqual(trained.status, 0, trained.errors)
        let final = path("run/final.safetensors")
        try assertRefused(["evaluate", final, "--device", "cpu"], "add --set data.root=FILE")
        let evaluated = try Program.run(
            ["evaluate", final, "--device", "cpu", "--set", "data.set=\(path("photos.safetensors"))"])
        XCTAssertEqual(evaluated.status, 0, evaluated.errors)
    }

    func testAnImportThatIsKilledGoesOn() throws {
        try SyntheticImageFolder.write(to: path("photos"), trainPerClass: 2)
        let lines = (0..<4000).map { "train/\($0 % 2 == 0 ? "dark" : "light")/\($0 % 4 / 2).png \($0 % 2)" }
        try lines.joined(separator: "\n").write(toFile: path("train.txt"), atomically: true, encoding: .utf8)
        try "test/dark/0.jpg 0".write(toFile: path("test.txt"), atomically: true, encoding: .utf8)
        func arguments(_ output: String) -> [String] {
            [
                "data", "import", path("photos"), "--train-list", path("train.txt"), "--test-list", path("test.txt"),
                "--name", "photos", "--output", path(output),
            ]
        }
        XCTAssertEqual(try Program.run(arguments("whole.safetensors")).status, 0)
        let killed = try Program.start(arguments("killed.safetensors"))
        XCTAssertTrue(killed.waits(forFile: path("killed.safetensors.partial")))
        // The last bytes are marks, one for each image.
        let deadline = Date(timeIntervalSinceNow: 60)
        while Date() < deadline, let partial = try? bytes("killed.safetensors.partial"),
            !partial.suffix(4001).contains(1)
        { usleep(5000) }
        killed.send(SIGKILL)
        XCTAssertEqual(try killed.result().status, SIGKILL, "the import had ended before it was killed")
        XCTAssertFalse(exists("killed.safetensors"))
        let resumed = try Program.run(arguments("killed.safetensors"))
        XCTAssertEqual(resumed.status, 0, resumed.errors)
        XCTAssertTrue(resumed.errors.contains("went on after"), resumed.errors)
        XCTAssertEqual(try bytes("killed.safetensors"), try bytes("whole.safetensors"))
        XCTAssertFalse(exists("killed.safetensors.partial"))
    }

    func testDescribesADataSetByItsName() throws {
        let described = try Program.run(
            ["data", "describe", "fashion-mnist", "--root", path("data"), "--contact-sheet", path("sheet.png")])
        XCTAssertTrue(try bytes("sheet.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        XCTAssertTrue(described.output.contains("10 classes, images of 28×28 in grey"), described.output)
    }

    func testRefusals() throws {
        try assertRefused(
            ["data", "describe", path("nothing"), "--root", "x"], status: 64, "--root goes with a data set's name")
        try assertRefused(["data", "describe", path("nothing")], "is missing; `equipoise data import FOLDER")
        try assertRefused(["data", "describe", path("tiny.yaml")], "not a file that `equipoise data import` writes")
        try assertRefused(["data", "import", path("data"), "--output", path("x")], "train/CLASS")
        try assertRefused(
            ["data", "import", path("data"), "--output", path("x"), "--train-list", "y"], status: 64,
            "--train-list and --test-list go together")
        try assertRefused(
            ["data", "import", path("data"), "--output", path("x"), "--fit", "cover"], status: 64,
            "--fit cover goes with --size")
        XCTAssertFalse(exists("x"))
    }
}
