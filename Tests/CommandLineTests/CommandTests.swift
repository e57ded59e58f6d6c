import Foundation
import XCTest

final class CommandTests: CommandLineTestCase {
    func testEveryHelpHasAnExample() throws {
        let commands = [
            "", "train", "evaluate", "recipes", "recipes list", "recipes show", "data", "data import", "data describe",
            "devices", "parity", "bench",
            "bench step", "bench inference", "bench ops", "bench data", "tune",
        ]
        for command in commands {
            let result = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
            XCTAssertEqual(result.status, 0, command)
            XCTAssertTrue(result.output.contains("Example: equipoise \(command)"), "\(command): \(result.output)")
        }
    }

    func testRecipes() throws {
        let list = try Program.run(["recipes"])
        XCTAssertEqual(list.status, 0)
        XCTAssertTrue(list.output.contains("fashion-mnist-lt/daso  "), list.output)
        let shown = try Program.run(["recipes", "show", "fashion-mnist-lt/daso"])
        XCTAssertTrue(shown.output.contains("rebalance: daso"), shown.output)
        // What is shown can be saved and used.
        try shown.output.write(toFile: path("mine.yaml"), atomically: true, encoding: .utf8)
        XCTAssertEqual(try Program.run(["recipes", "show", path("mine.yaml")]).output, shown.output)
        try assertRefused(["recipes", "show", "fashion-mnist-lt/dasoo"], "did you mean \"fashion-mnist-lt/daso\"?")
    }

    func testDevices() throws {
        let result = try Program.run(["devices", "--json"])
        let devices = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
        XCTAssertEqual(devices?.first?["identifier"] as? String, "cpu")
    }

    func testBenchStepPrintsTheFieldsOfOtherEngines() throws {
        let result = try Program.run(
            "bench step --device cpu --model wrn-10-1 --labelled 1 --unlabelled 1 --steps 1 --warm-up 1 --json"
                .split(separator: " ").map(String.init))
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output.split(separator: "\n").count, 1)
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        XCTAssertEqual(
            Set(try XCTUnwrap(json).keys),
            [
                "engine", "device", "threads", "layout", "amp", "tf32", "compile", "labelled", "unlabelled",
                "median_ms", "min_ms", "mean_ms",
                "images_per_second", "conv_gflops", "launches_per_step", "allocations_per_step", "peak_bytes",
                "peak_gflops", "peak_gb_per_second", "share_of_peak", "compile_seconds", "compilations",
                "start_seconds", "resident_bytes",
            ])
        try assertRefused(["bench", "step", "--model", "resnet"], status: 64, "wrn-DEPTH-WIDTH")
        try assertRefused(["bench", "step", "--labelled", "0"], status: 64, "--labelled must be from 1")
        try assertRefused(["bench", "step", "--model", "wrn-11-1", "--device", "cpu"], "depth 10, 16, 22")
        try assertRefused(["bench", "ops", "--device", "cpu", "--only", "nothing"], "no row's name contains")
    }

    func testBenchDataPrintsTheSameAsAReportAndAsJSON() throws {
        let arguments = "bench data --device cpu --model wrn-10-1 --labelled 1 --unlabelled 1 --steps 1 --warm-up 1"
            .split(separator: " ").map(String.init)
        let report = try Program.run(arguments)
        XCTAssertEqual(report.status, 0, report.errors)
        let lines = report.output.split(separator: "\n")
        XCTAssertEqual(lines.count, 3, report.output)
        XCTAssertEqual(lines.first, "1 labelled and 1 unlabelled images a step of wrn-10-1")
        XCTAssertTrue(lines.dropFirst().first?.hasPrefix("views on cpu") == true, report.output)
        XCTAssertTrue(lines.last?.contains("% of a step's") == true, report.output)

        let result = try Program.run(arguments + ["--json"])
        XCTAssertEqual(result.output.split(separator: "\n").count, 1)
        let json = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        XCTAssertEqual(
            Set(json.keys),
            [
                "engine", "device", "threads", "median_ms", "min_ms", "images_per_second", "step_median_ms",
                "share_of_step", "resident_bytes",
            ])
        for (key, value) in json where value is Double { XCTAssertGreaterThan(try XCTUnwrap(value as? Double), 0, key) }
        try assertRefused(["bench", "data", "--unlabelled", "0"], status: 64, "--unlabelled must be from 1")
    }

    func testParity() throws {
        let result = try Program.run(["parity", "--device", "cpu", "--suite", "small", "--only", "softmax"])
        XCTAssertEqual(result.status, 0, result.output)
        XCTAssertTrue(result.output.contains("checks passed"), result.output)
        try assertRefused(["parity", "--device", "cpu", "--only", "nothing"], "no row's name contains \"nothing\"")
    }
}
