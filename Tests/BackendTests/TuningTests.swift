import Foundation
import SyntheticData
import Tensors
import XCTest

@testable import OpenCLBackend

/// Tuned choices: their file, and what a backend makes of them.
final class TuningTests: XCTestCase {
    private var path = ""
    private var device: OpenCLDevice!

    override func setUpWithError() throws {
        try XCTSkipIf(OpenCLDevice.all().isEmpty, "no OpenCL device here")
        device = OpenCLDevice.all()[0]
        path = NSTemporaryDirectory() + "equipoise-tuning-\(UUID().uuidString)/tuning.json"
    }

    override func tearDownWithError() throws {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }

    private func tuning(_ implementation: String, for problem: String = "n1 h4 w4 c16 k16 r1 s1 p0") -> Tuning {
        var tuning = Tuning(for: device)
        tuning.choose(
            Tuning.Choice(
                operation: "convolution2D", problem: problem, implementation: implementation,
                milliseconds: [implementation: 0.5]))
        return tuning
    }

    func testAFileHoldsWhatWasChosenLast() throws {
        var written = tuning("direct")
        written.choose(
            Tuning.Choice(operation: "convolution2D", problem: "a", implementation: "direct", milliseconds: [:]))
        written.choose(
            Tuning.Choice(
                operation: "convolution2D", problem: "a", implementation: "reference", milliseconds: ["reference": 1]))
        try written.write(to: path)
        let read = try Tuning(contentsOf: path)
        XCTAssertEqual(read, written)
        XCTAssertEqual(read.json, written.json)
        XCTAssertEqual(read.choices.map(\.problem), ["a", "n1 h4 w4 c16 k16 r1 s1 p0"])
        XCTAssertEqual(read.choices[0].implementation, "reference")
    }

    func testFilesThatAreNoTuningAreRefused() throws {
        let whole = tuning("direct").json
        let broken = [
            "", "[]", "{}", String(whole.dropLast(20)),
            whole.replacingOccurrences(of: "equipoise-tuning 1", with: "equipoise-tuning 2"),
            whole.replacingOccurrences(of: "\"implementation\" : \"direct\"", with: "\"implementation\" : 7"),
        ]
        try tuning("direct").write(to: path)
        for text in broken {
            XCTAssertNotEqual(text, whole)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            XCTAssertThrowsError(try Tuning(contentsOf: path), text) { error in
                guard case TuningError.unreadable = error else { return XCTFail("\(error)") }
            }
        }
        XCTAssertThrowsError(try Tuning(contentsOf: path + ".absent")) { error in
            guard case TuningError.unreadable = error else { return XCTFail("\(error)") }
        }
    }

    /// What is thrown here reaches nobody but as `TuningError.unreadable`.
    func testMutatedFilesNeverTrap() {
        var refused = 0
        forEachMutation(of: Array(tuning("direct").json.utf8), count: 10_000, headerBytes: .max) { _, bytes in
            if (try? JSONDecoder().decode(Tuning.self, from: Data(bytes))) == nil { refused += 1 }
        }
        XCTAssertTrue((3_000..<10_000).contains(refused), "\(refused)")
    }

    func testChoicesOfAnotherProgramOrDeviceAreRefused() throws {
        XCTAssertThrowsError(try OpenCLBackend(device: device, tuning: tuning("fastest"))) {
            XCTAssertEqual(
                $0 as? TuningError, .unknownImplementation("fastest", operation: "convolution2D"))
        }
        var other: OpenCLDevice = device
        other.family = device.family == .cpuLike ? .gpuLike : .cpuLike
        XCTAssertThrowsError(try OpenCLBackend(device: other, tuning: tuning("direct"))) { error in
            guard case TuningError.otherDevice = error else { return XCTFail("\(error)") }
        }
    }

    func testATunedProblemIsSolvedAsChosenAndOthersAsBefore() throws {
        let backend = try OpenCLBackend(device: device, tuning: tuning("reference"), isProfiling: true)
        func kernels(batch: Int) throws -> [String] {
            _ = try backend.convolution2D(
                backend.tensor(repeating: 1, Shape([batch, 4, 4, 16])),
                filter: backend.tensor(repeating: 1, [1, 1, 16, 16]), stride: 1, padding: 0)
            return try backend.takeProfile().map(\.kernel).filter { $0.hasPrefix("convolve") }
        }
        for _ in 0..<2 {
            XCTAssertEqual(try kernels(batch: 1), ["convolveReference"])
            XCTAssertNotEqual(try kernels(batch: 2), ["convolveReference"])
        }
        try backend.performing("convolution2D", by: "reference") {
            XCTAssertEqual(try kernels(batch: 2), ["convolveReference"])
        }
        XCTAssertNotEqual(try kernels(batch: 2), ["convolveReference"])
        XCTAssertThrowsError(try backend.performing("convolution2D", by: "fastest") {})
    }

    func testAChoiceIsForTheProblemsThatHaveItsWords() {
        var tuning = tuning("direct", for: "h4 w4 c16 k16 r1 s1 p0")
        func implementation(_ problem: String) -> String? {
            tuning.implementation(of: "convolution2D", for: problem)
        }
        XCTAssertEqual(implementation("n1 h4 w4 c16 k16 r1 s1 p0"), "direct")
        XCTAssertEqual(implementation("n64 h4 w4 c16 k16 r1 s1 p0 adding"), "direct")
        XCTAssertNil(implementation("n64 h4 w4 c16 k16 r1 s1 p0 half"))
        XCTAssertNil(implementation("n64 h4 w4 c16 k160 r1 s1 p0"))
        XCTAssertNil(tuning.implementation(of: "gemm", for: "n64 h4 w4 c16 k16 r1 s1 p0"))

        func choose(_ implementation: String, for problem: String) {
            tuning.choose(
                Tuning.Choice(
                    operation: "convolution2D", problem: problem, implementation: implementation, milliseconds: [:]))
        }
        choose("reference", for: "n64 h4 w4 c16 k16 r1 s1 p0")
        choose("pointwise", for: "")
        XCTAssertEqual(implementation("n64 h4 w4 c16 k16 r1 s1 p0"), "reference")
        XCTAssertEqual(implementation("n1 h4 w4 c16 k16 r1 s1 p0"), "direct")
        XCTAssertEqual(implementation("n64 h4 w4 c16 k160 r1 s1 p0"), "pointwise")
    }

    func testDefaultsOnlyCompleteWhatWasMeasured() {
        var measured = tuning("direct", for: "h4 w4")
        let defaults = [("h4 w4 c16", "reference"), ("h8 w8", "reference"), ("", "pointwise")].map {
            Tuning.Choice(operation: "convolution2D", problem: $0, implementation: $1, milliseconds: [:])
        }
        measured.complete(with: defaults)
        XCTAssertEqual(measured.choices.map(\.problem), ["", "h4 w4", "h8 w8"])
        XCTAssertEqual(measured.implementation(of: "convolution2D", for: "n1 h4 w4 c16"), "direct")
        XCTAssertEqual(measured.implementation(of: "convolution2D", for: "n1 h8 w8 c16"), "reference")
    }

    func testTheProgramsDefaultsNameOnlyWhatThereIs() throws {
        for kind in DefaultTuning.Kind.allCases {
            for choice in try DefaultTuning(kind).choices {
                let names = try XCTUnwrap(OpenCLBackend.implementationNames[choice.operation], kind.rawValue)
                XCTAssertTrue(names.contains(choice.implementation), "\(kind.rawValue): \(choice)")
            }
        }
        for device in OpenCLDevice.all() {
            _ = try OpenCLBackend(device: device, tuning: Tuning.inForce(measured: nil, on: device))
        }
    }

    func testEachKindOfDeviceHasItsDefaults() {
        XCTAssertEqual(device.isPoCL && device.family == .cpuLike, DefaultTuning.Kind(device) == .pocl)
        var other: OpenCLDevice = device
        other.family = device.family == .cpuLike ? .gpuLike : .cpuLike
        XCTAssertNil(DefaultTuning.Kind(other), "the defaults are of the kernels of the device's own family")
    }

    func testProblemsThatWereMetAreToldOnceWithTheirCandidates() throws {
        let backend = try OpenCLBackend(device: device)
        XCTAssertEqual(backend.tunableProblems, [])
        for _ in 0..<2 {
            _ = try backend.convolution2D(
                backend.tensor(repeating: 1, [1, 4, 4, 16]), filter: backend.tensor(repeating: 1, [1, 1, 16, 16]),
                stride: 1, padding: 0)
        }
        guard device.family == .cpuLike else { throw XCTSkip("a GPU has a single kernel for this convolution") }
        XCTAssertEqual(backend.tunableProblems.map(\.description), ["n1 h4 w4 c16 k16 r1 s1 p0"])
        XCTAssertEqual(backend.tunableProblems.map(\.withoutBatch), ["h4 w4 c16 k16 r1 s1 p0"])
        XCTAssertEqual(backend.tunableProblems[0].operation, "convolution2D")
        XCTAssertEqual(backend.tunableProblems[0].candidates, ["direct", "directRows2"])
    }
}
