import CPUBackend
import Foundation
import NeuralNetworks
import TensorFiles
import Tensors
import XCTest

@testable import Training

final class InitialWeightsTests: XCTestCase {
    private static let standingStill = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"]

    /// The student's tensors after a run that starts from the file and stands still, and what the run said.
    private func start(
        _ runs: TinyRuns, from file: String, method: String = "supervised"
    ) throws -> (weights: [String: HostTensor], warnings: [String]) {
        var warnings: [String] = []
        let recipe = try runs.recipe(method, overrides: Self.standingStill + ["model.initial_weights=\(file)"])
        let name = "run-\(UUID().uuidString)"
        try runs.train(recipe, in: name) { if case .warning(let text) = $0 { warnings.append(text) } }
        let state = try Checkpoint(contentsOf: runs.path("\(name)/final.safetensors")).state
        return (state.part(StatePrefix.student), warnings)
    }

    /// A file of the network's weights, as another seed has them.
    private func write(_ runs: TinyRuns, classes: Int, channels: Int = 1, to name: String) throws -> [String:
        HostTensor]
    {
        let weights = try WideResNet(
            WideResNetConfiguration(
                depth: 10, width: 1, form: ClassifierForm(inputChannels: channels, classes: classes)),
            seed: 77, on: CPUBackend()
        ).tensors.stateDictionary()
        try Safetensors(tensors: weights).write(to: runs.path(name))
        return weights
    }

    func testAllWeightsThatFitAreTaken() throws {
        let runs = try TinyRuns()
        let given = try write(runs, classes: 10, to: "weights.safetensors")
        let (weights, warnings) = try start(runs, from: runs.path("weights.safetensors"))
        XCTAssertEqual(warnings, [])
        for name in ["conv1.weight", "block3.layer.0.conv2.weight", "bn1.weight", "classifier.weight"] {
            XCTAssertEqual(weights[name], given[name], name)
        }
    }

    func testAHeadForOtherClassesBeginsAnewAndTheRunSaysSo() throws {
        let runs = try TinyRuns()
        let given = try write(runs, classes: 3, to: "weights.safetensors")
        let (weights, warnings) = try start(runs, from: runs.path("weights.safetensors"), method: "abc")
        XCTAssertEqual(weights["conv1.weight"], given["conv1.weight"])
        XCTAssertEqual(weights["classifier.weight"]?.shape, [10, 64])
        XCTAssertEqual(warnings.count, 1)
        XCTAssertTrue(
            warnings[0].hasPrefix("auxiliary_classifier.bias, auxiliary_classifier.weight, classifier.bias"),
            warnings[0])
    }

    func testOfACheckpointTheMovingAverageIsTaken() throws {
        let runs = try TinyRuns()
        try runs.train(try runs.recipe("abc"), in: "first")
        let path = runs.path("first/final.safetensors")
        let (weights, warnings) = try start(runs, from: path)
        XCTAssertEqual(warnings, [])
        XCTAssertEqual(
            weights["conv1.weight"], try Checkpoint(contentsOf: path).state.part(StatePrefix.average)["conv1.weight"])
    }

    func testARunWithoutAWholeCheckpointStartsFromThemAgain() throws {
        let runs = try TinyRuns()
        _ = try write(runs, classes: 10, to: "weights.safetensors")
        let recipe = try runs.recipe(
            overrides: ["training.steps=1", "model.initial_weights=\(runs.path("weights.safetensors"))"])
        try runs.train(recipe, in: "run")
        let final = try runs.bytes("run/final.safetensors")
        try Data().write(to: URL(fileURLWithPath: runs.path("run/checkpoint-1.safetensors")))
        try runs.train(recipe, in: "run", resuming: true)
        XCTAssertEqual(try runs.bytes("run/final.safetensors"), final)
    }

    func testAnotherNetworksWeightsAreRefusedAndLeaveNoFolder() throws {
        let runs = try TinyRuns()
        _ = try write(runs, classes: 10, channels: 3, to: "weights.safetensors")
        XCTAssertThrowsError(try start(runs, from: runs.path("weights.safetensors"))) {
            XCTAssertTrue($0.localizedDescription.contains("conv1.weight"), $0.localizedDescription)
        }
        XCTAssertThrowsError(try start(runs, from: runs.path("none.safetensors"))) {
            XCTAssertTrue($0 is FileError, "\($0)")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: runs.folder).filter { $0.hasPrefix("run-") }
        XCTAssertEqual(left, [])
    }
}
