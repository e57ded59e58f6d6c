import XCTest

@testable import Training

/// Images that do not fit into the memory that a recipe allows them are written to the device batch by batch.
final class StreamedImagesTests: XCTestCase {
    private static let stages = [
        "pretraining.method=simclr", "pretraining.steps=2", "pretraining.batch=4", "pretraining.learning_rate=0.05",
        "pretraining.projection_width=8", "training.steps=2", "retraining.steps=2",
    ]

    func testTheRunIsTheSameBitForBit() throws {
        for (method, overrides) in [
            ("daso", []), ("saw", ["data.augmentation=usb"]), ("bmb", ["data.augmentation=bmb"]),
            ("supervised", Self.stages), ("fixmatch", ["data.view_size=20"]),
        ] {
            let runs = try TinyRuns()
            try runs.train(runs.recipe(method, overrides: overrides), in: "resident")
            // The 80 training images take 62,720 bytes, the 10 test images 7,840.
            for memory in ["0KB", "20KB", "65KB"] {
                let recipe = try runs.recipe(method, overrides: overrides + ["data.device_memory=\(memory)"])
                try runs.train(recipe, in: memory)
                XCTAssertEqual(
                    try runs.bytes("\(memory)/final.safetensors"), try runs.bytes("resident/final.safetensors"),
                    "\(method) with \(memory)")
            }
        }
    }

    func testARunMayGoOnWithOtherMemory() throws {
        let runs = try TinyRuns()
        try runs.train(runs.recipe("daso"), in: "whole")
        try runs.train(runs.recipe("daso"), in: "stopped", stoppingAfter: 2)
        try runs.train(runs.recipe("daso", overrides: ["data.device_memory=1KB"]), in: "stopped", resuming: true)
        XCTAssertEqual(try runs.bytes("stopped/final.safetensors"), try runs.bytes("whole/final.safetensors"))
    }

    func testMemoryIsANumberOfBytes() throws {
        let runs = try TinyRuns()
        func memory(_ text: String) throws -> Int? {
            try runs.recipe(overrides: ["data.device_memory=\(text)"]).data.deviceMemory
        }
        XCTAssertNil(try runs.recipe().data.deviceMemory)
        XCTAssertEqual(try memory("64MB"), 64_000_000)
        XCTAssertEqual(try memory("0KB"), 0)
        XCTAssertEqual(try memory("1000000000GB"), 1_000_000_000_000_000_000)
        for text in ["64", "MB", "-1MB", "1.5GB", "64mb", "9999999999GB", "99999999999999999999GB", "1 MB"] {
            XCTAssertThrowsError(try memory(text), text) { error in
                XCTAssertTrue(error.localizedDescription.contains("such as 64MB"), error.localizedDescription)
            }
        }
    }
}
