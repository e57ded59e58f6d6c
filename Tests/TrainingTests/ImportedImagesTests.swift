import CPUBackend
import Datasets
import Foundation
import SyntheticData
import XCTest

@testable import Training

/// Runs on a folder of images, and on the file that it is packed into.
final class ImportedImagesTests: XCTestCase {
    private static func labels(_ runs: TinyRuns) throws -> String {
        let rows = (0..<8).flatMap { ["train/dark/\($0).png,light", "train/light/\($0).png,dark"] }
        let path = runs.path("labels.csv")
        try (["path,label"] + rows).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func testFolderAndFileTrainAlikeAndLeaveNoPathInCheckpoints() throws {
        let runs = try TinyRuns()
        let folder = runs.path("images")
        try SyntheticImageFolder.write(to: folder, trainPerClass: 8)
        try ImageImport(folder: folder).write(to: runs.path("images.safetensors"))
        let short = ["training.steps=2", "training.evaluate_every=2"]
        for source in ["images", "images.safetensors"] {
            let recipe = try runs.recipe("fixmatch", at: runs.path(source), overrides: short)
            try runs.train(recipe, in: "run-\(source)")
        }
        XCTAssertEqual(
            try runs.bytes("run-images/final.safetensors"), try runs.bytes("run-images.safetensors/final.safetensors"))
        XCTAssertNil(try runs.bytes("run-images/final.safetensors").range(of: Data(runs.folder.utf8)))
        let evaluation = try CheckpointEvaluation(
            of: runs.path("run-images/final.safetensors"), recipe: nil,
            overrides: ["data.root=\(runs.path("images.safetensors"))"]
        ) { CPUBackend() }
        XCTAssertEqual(evaluation.classNames, ["dark", "light"])
    }

    func testAFractionOfEachClassIsLabelledInPlaceOfALongTail() throws {
        let runs = try TinyRuns()
        let folder = runs.path("images")
        try SyntheticImageFolder.write(to: folder, trainPerClass: 8)
        let recipe = try runs.recipe(at: folder, overrides: ["data.labelled_fraction=0.3"])
        let data = try recipe.data.load(seed: 1)
        XCTAssertEqual(data.split.labelledCounts, [3, 3])
        XCTAssertEqual(data.split.unlabelledCounts, [5, 5])
        XCTAssertFalse(recipe.canonicalYAML.contains("labelled_head"), "takes no part")
        XCTAssertEqual(try Recipe(yaml: recipe.canonicalYAML, name: "again").data.sizes, .labelledFraction(0.3))

        let without = try runs.recipe(at: folder, overrides: ["data.labelled_fraction=0"])
        XCTAssertEqual(without.canonicalYAML, try runs.recipe(at: folder).canonicalYAML)
        XCTAssertThrowsError(try runs.recipe(at: folder, overrides: ["data.labelled_fraction=1.5"])) {
            XCTAssertTrue("\($0)".contains("data.labelled_fraction must be from 0 to 1"), "\($0)")
        }
        XCTAssertThrowsError(try runs.recipe(overrides: ["data.labelled_fraction=0.3", "data.labelled_head=x"])) {
            XCTAssertTrue("\($0)".contains("data.labelled_head must be a whole number"), "\($0)")
        }
    }

    func testNoisyLabelsAreLearnedFrom() throws {
        let runs = try TinyRuns()
        let folder = runs.path("images")
        try SyntheticImageFolder.write(to: folder, trainPerClass: 8)
        let recipe = try runs.recipe(at: folder, overrides: ["data.noisy_labels=\(try Self.labels(runs))"])
        let data = try recipe.data.load(seed: 1)
        XCTAssertEqual(data.initialSet.labels, data.split.labelled.map { 1 - data.train.labels[$0] })
        XCTAssertEqual(data.mislabelledCount, data.split.labelled.count)
        XCTAssertThrowsError(
            try runs.recipe(at: folder, overrides: ["data.noisy_labels_column=label"]).data.load(seed: 1)
        ) {
            XCTAssertTrue("\($0)".contains("data.noisy_labels=FILE"), "\($0)")
        }
        XCTAssertThrowsError(
            try runs.recipe(at: folder, overrides: ["data.noisy_labels=x.csv", "data.label_noise=0.2"])
        ) { XCTAssertTrue("\($0)".contains("data.label_noise must be 0"), "\($0)") }
    }

    func testAPathIsShortForImagesAndTheirRoot() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(at: "/somewhere/a.safetensors")
        XCTAssertEqual(recipe.data.source, .images(path: "/somewhere/a.safetensors"))
        XCTAssertEqual(try Recipe(yaml: recipe.canonicalYAML, name: "again").data.source, recipe.data.source)
        XCTAssertEqual(try Recipe(yaml: recipe.essentialYAML, name: "again").data.source, .images(path: nil))
        XCTAssertThrowsError(try runs.recipe(overrides: ["data.set=a/b"])) {
            XCTAssertTrue("\($0)".contains("data.root cannot be there"), "\($0)")
        }
    }
}
