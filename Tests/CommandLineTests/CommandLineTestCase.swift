import Foundation
import SyntheticData
import XCTest

/// A temporary folder with a minute data set and a recipe for it.
class CommandLineTestCase: XCTestCase {
    private(set) var folder = ""

    override func setUpWithError() throws {
        folder = NSTemporaryDirectory() + "equipoise-command-line-\(UUID().uuidString)"
        try SyntheticFashionMNIST.write(to: path("data"), trainPerClass: 8, testPerClass: 1)
        try """
        data:
          set: fashion-mnist
          root: \(path("data"))
          labelled_head: 4
          labelled_imbalance: 2
          unlabelled_head: 4
          unlabelled_imbalance: 2
        model:
          name: wrn-10-1
        method:
          base: fixmatch
          rebalance: daso
          warm_up_steps: 2
          distribution_update_period: 2
          confidence_threshold: 0.2
        optimizer:
          learning_rate: 0.03
        training:
          steps: 5
          labelled_batch: 2
          unlabelled_ratio: 1
          evaluate_every: 5
          checkpoint_every: 1
        """.write(toFile: path("tiny.yaml"), atomically: true, encoding: .utf8)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    /// The arguments that train the minute recipe on the CPU in the folder `name`.
    func training(in name: String, _ more: String...) -> [String] {
        ["train", path("tiny.yaml"), "--device", "cpu", "--output", path(name)] + more
    }

    /// The program must end with `status` and one line on standard error that contains `text`.
    func assertRefused(
        _ arguments: [String], status: Int32 = 1, _ text: String, environment: [String: String] = [:],
        file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let result = try Program.run(arguments, environment: environment)
        let what = "\(arguments.joined(separator: " ")): \(result.status) \(result.errors)"
        XCTAssertEqual(result.status, status, what, file: file, line: line)
        XCTAssertTrue(result.errors.contains(text), what, file: file, line: line)
        // A usage error adds a line on how to get help.
        if status == 1 { XCTAssertEqual(result.errorLines.count, 1, what, file: file, line: line) }
    }
}
