import Datasets
import Foundation
import NeuralNetworks
import XCTest

@testable import Training

final class RecipeTests: XCTestCase {
    private static let plain = """
        data:
          set: fashion-mnist
          labelled_head: 10
          labelled_imbalance: 2
          unlabelled_head: 20
          unlabelled_imbalance: 2
        model:
          name: wrn-10-1
        method:
          base: fixmatch
        optimizer:
          learning_rate: 0.03
        training:
          steps: 10
          labelled_batch: 4
          unlabelled_ratio: 2
          evaluate_every: 5
          checkpoint_every: 5
        """

    private func recipe(_ yaml: String = plain, _ overrides: String...) throws -> Recipe {
        try Recipe(yaml: yaml, name: "r.yaml", overrides: overrides)
    }

    /// The message of the error, which must be one line.
    private func refusal(
        _ yaml: String = plain, _ overrides: String..., file: StaticString = #filePath, line: UInt = #line
    ) -> String {
        do {
            _ = try Recipe(yaml: yaml, name: "r.yaml", overrides: overrides)
            XCTFail("no error", file: file, line: line)
            return ""
        } catch {
            XCTAssertTrue(error is RecipeError, "\(error)", file: file, line: line)
            let text = error.localizedDescription
            XCTAssertFalse(text.contains("\n"), text, file: file, line: line)
            return text
        }
    }

    func testEmbeddedRecipesAreReadAndSurviveTheirCanonicalForm() throws {
        XCTAssertTrue(RecipeLibrary.names.contains(RecipeLibrary.defaultName))
        for name in RecipeLibrary.names {
            let recipe = try RecipeLibrary.recipe(name)
            XCTAssertFalse(recipe.summary.isEmpty, name)
            let again = try Recipe(yaml: recipe.canonicalYAML, name: name)
            XCTAssertEqual(Set(again.entries), Set(recipe.entries), name)
            XCTAssertEqual(again.canonicalYAML, recipe.canonicalYAML, name)
        }
    }

    func testATablesCellIsMadeOfWhatAllShareItsSettingAndItsMethod() throws {
        let (yaml, _) = try RecipeLibrary.text(of: "cifar10-lt/n500-g100-reversed/daso")
        XCTAssertTrue(yaml.hasPrefix("# Published: 71.0 ± 0.95\n# (Oh, Kim, Kweon"), yaml)
        let daso = try RecipeLibrary.recipe("cifar10-lt/n500-g100-reversed/daso")
        guard case .longTailed(let sizes) = daso.data.sizes else { return XCTFail("not long-tailed") }
        XCTAssertEqual(sizes.unlabelledOrder, .reversed)
        XCTAssertTrue(daso.canonicalYAML.contains("distribution_temperature: 0.3"), "the setting's, where DASO is")
        let fixMatch = try RecipeLibrary.recipe("cifar10-lt/n500-g100-reversed/fixmatch")
        XCTAssertFalse(fixMatch.canonicalYAML.contains("distribution_temperature"), "and only there")
        XCTAssertEqual(RecipeLibrary.names.filter { $0.hasPrefix("cifar10-lt/") }.count, 8 * 23)
        XCTAssertEqual(RecipeLibrary.names.filter { $0.hasPrefix("cifar100-lt/") }.count, 4 * 22)
        XCTAssertEqual(RecipeLibrary.names.filter { $0.hasPrefix("stl10-lt/") }.count, 4 * 17)
        XCTAssertEqual(RecipeLibrary.names.filter { $0.hasPrefix("semi-aves/") }.count, 2 * 5)
        XCTAssertEqual(RecipeLibrary.names.filter { $0.hasPrefix("imagenet-lt/") }.count, 2 * 3)
        XCTAssertEqual(RecipeLibrary.names.filter { $0.hasPrefix("clothing1m/") }.count, 5)
        let (stl10, _) = try RecipeLibrary.text(of: "stl10-lt-adello/n150-g20/adello")
        XCTAssertTrue(stl10.hasPrefix("# Published: 74.6 ± 0.4\n"), stl10)
        let (crest, _) = try RecipeLibrary.text(of: "cifar10-lt/n500-g100/crest-plus+la")
        XCTAssertTrue(crest.hasPrefix("# Published: 76.7\n"), crest)
        let generations = try RecipeLibrary.recipe("cifar10-lt/n500-g100/crest-plus+la")
        XCTAssertEqual(generations.generations?.count, 5)
        XCTAssertEqual(generations.training.steps, 50_000)
        XCTAssertEqual(try RecipeLibrary.recipe("cifar100-lt/n50-g10/crt").retraining?.steps, 100_000)
        XCTAssertThrowsError(try RecipeLibrary.recipe("cifar10-lt/n500-g100/dasso")) {
            XCTAssertTrue("\($0.localizedDescription)".contains("cifar10-lt/n500-g100/daso"), "\($0)")
        }
    }

    func testFashionMNISTRecipesDifferInTheMethodOnly() throws {
        let daso = try RecipeLibrary.recipe("fashion-mnist-lt/daso")
        for other in ["fixmatch", "supervised"] {
            let keys = try daso.entries.differences(from: RecipeLibrary.recipe("fashion-mnist-lt/\(other)").entries)
                .map(\.key)
            XCTAssertFalse(keys.isEmpty)
            XCTAssertTrue(keys.allSatisfy { $0.hasPrefix("method.") }, "\(keys)")
        }
    }

    func testUnknownKeysNameLineAndNearest() {
        XCTAssertEqual(
            refusal(Self.plain.replacing("labelled_batch", with: "labeled_batch")),
            "r.yaml:15: unknown key \"training.labeled_batch\"; did you mean \"training.labelled_batch\"?")
        XCTAssertEqual(
            refusal(Self.plain, "steps=5"), "--set: unknown key \"steps\"; did you mean \"training.steps\"?")
        XCTAssertEqual(
            refusal(Self.plain, "method.queue_capacity=5"), "--set: unknown key \"method.queue_capacity\"")
        XCTAssertEqual(refusal(Self.plain + "\nqqq: 1"), "r.yaml:19: unknown key \"qqq\"")
    }

    func testMissingKeyIsNamed() {
        XCTAssertEqual(
            refusal(Self.plain.replacing("  steps: 10\n", with: "")), "r.yaml: the key \"training.steps\" is missing")
    }

    func testWrongTypesAndImpossibleValues() {
        let cases = [
            ("training.steps=ten", "--set: training.steps must be a whole number, not \"ten\""),
            ("training.steps=0", "--set: training.steps must be at least 1, not 0"),
            ("training.steps=99999999999999999999", "must be a whole number"),
            ("training.steps=9223372036854775807", "must be from 1 to 1000000000"),
            ("training.labelled_batch=0", "must be from 1 to 65536, not 0"),
            ("training.labelled_batch=1.5", "must be a whole number, not \"1.5\""),
            ("data.labelled_imbalance=0", "--set: data.labelled_imbalance must be at least 1, not 0.0"),
            ("data.labelled_imbalance=nan", "must be at least 1"),
            ("data.labelled_head=0", "must be at least 1, not 0"),
            ("data.set=fashion-mist", "did you mean \"fashion-mnist\"?"),
            ("data.labelled_in_unlabelled=yes", "must be true or false, not \"yes\""),
            ("data.unlabelled_order=upside-down", "must be one of consistent, uniform, reversed"),
            ("optimizer.learning_rate=-0.1", "must be above 0, not -0.1"),
            ("optimizer.learning_rate=inf", "must be above 0, not inf"),
            ("optimizer.momentum=1", "must be at least 0 and below 1"),
            ("optimizer.name=adma", "did you mean \"adam\"?"),
            ("optimizer.first_decay=0.9", "optimizer.first_decay"),
            ("model.name=wrn-11-1", "model.name is wrn-11-1"),
            ("model.name=resnet", "must be wrn-DEPTH-WIDTH"),
            ("model.name=resnet-19", "must be wrn-DEPTH-WIDTH such as wrn-28-2, or resnet-18"),
            ("model.stem=small", "model.stem is for resnet-18"),
            ("model.name=wrn-28-99999999999999999999", "must be wrn-DEPTH-WIDTH"),
            ("method.base=fixmach", "did you mean \"fixmatch\"?"),
            ("method.confidence_threshold=2", "--set: method.confidence_threshold is 2.0; it must be from 0 to 1"),
            ("method.confidence_threshold=high", "method.confidence_threshold must be a number, not \"high\""),
            ("method.rebalance=dasso", "did you mean \"daso\"?"),
            ("method.rebalance=crest-plus+darp", "choose one"),
            ("method.loss=la", "must be one of cross-entropy"),
            ("precision=half", "--set: precision must be one of single, mixed, not \"half\""),
            ("precision=mixd", "did you mean \"mixed\"?"),
            ("seed=-1", "seed must be at least 0, not -1"),
        ]
        for (override, expected) in cases {
            let message = refusal(Self.plain, override)
            XCTAssertTrue(message.contains(expected), "\(override): \(message)")
        }
        XCTAssertTrue(refusal(Self.plain.replacing("steps: 10", with: "steps: \"10\"")).hasPrefix("r.yaml:14:"))
    }

    func testTextThatIsNoRecipe() {
        XCTAssertEqual(refusal(""), "r.yaml: the recipe is empty")
        XCTAssertEqual(refusal("- 1\n- 2"), "r.yaml:1: a recipe is written as lines of \"key: value\"")
        XCTAssertEqual(refusal("data: [1, 2]"), "r.yaml:1: data is not a single value")
        XCTAssertEqual(refusal("data:\n  set: {a: b}"), "r.yaml:2: data.set is not a single value")
        XCTAssertTrue(refusal("data:\n  set: [").contains("not YAML"))
        XCTAssertTrue(refusal("seed: 1\nseed: 2").contains("written twice: seed"))
        for yaml in [Self.plain + "\ntraining.steps: 5", "training.steps: 5\n" + Self.plain] {
            XCTAssertTrue(refusal(yaml).hasSuffix("written twice: training.steps"), refusal(yaml))
        }
        XCTAssertTrue(refusal(String(repeating: "# much\n", count: 200_000)).contains("too many"))
        XCTAssertTrue(refusal("a: &a [x]\nb: *a").contains("not a single value"))
        XCTAssertTrue(refusal("seed: 1\n\u{0}").contains("r.yaml"))
    }

    func testANetworksDetailsAreThoseOfItsKind() throws {
        let form = ClassifierForm(inputChannels: 3, classes: 4)
        let small = try recipe(Self.plain, "model.name=resnet-34", "model.stem=small")
        XCTAssertEqual(small.model.network(form), .resNet(ResNetConfiguration(.thirtyFour, stem: .small, form: form)))
        XCTAssertThrowsError(try recipe(Self.plain, "model.name=resnet-18", "model.flavour=usb")) {
            XCTAssertTrue("\($0)".contains("model.flavour is for wide residual networks"), "\($0)")
        }
    }

    func testPrecisionIsSingleUnlessARecipeSaysMixed() throws {
        XCTAssertEqual(try recipe().precision, .single)
        let mixed = try recipe(Self.plain, "precision=mixed")
        let options = mixed.learnerOptions(imageChannels: 1, labelledCounts: [1, 1], unlabelledCount: 1)
        XCTAssertEqual(options.network.form.precision, .mixed)
        XCTAssertEqual(try mixed.entries.differences(from: recipe().entries).map(\.key), ["precision"])
    }

    func testViewsHaveTheImagesSizeUnlessARecipeSaysOtherwise() throws {
        XCTAssertNil(try recipe().data.viewSide)
        XCTAssertEqual(try recipe(Self.plain, "data.view_size=0").canonicalYAML, try recipe().canonicalYAML)
        let smaller = try recipe(Self.plain, "data.view_size=24")
        XCTAssertEqual(smaller.data.viewSide, 24)
        XCTAssertEqual(try recipe(smaller.canonicalYAML).data.viewSide, 24)
        XCTAssertTrue(refusal(Self.plain, "data.view_size=-1").contains("data.view_size must be from 0 to 1024"))
    }

    func testMilestonesAreStepsOrPartsOfAll() throws {
        let milestones = try recipe(Self.plain, "schedule.name=milestones", "schedule.factor=0.1")
        XCTAssertEqual(
            milestones.optimizer.schedule.schedule(steps: 1000), .step(milestones: [800, 900], factor: 0.1))
        let text = "schedule.milestones=300 600"
        let own = try recipe(Self.plain, "schedule.name=milestones", "schedule.factor=0.1", text)
        XCTAssertEqual(own.optimizer.schedule.schedule(steps: 1000), .step(milestones: [300, 600], factor: 0.1))
        XCTAssertEqual(try recipe(own.canonicalYAML).optimizer.schedule.milestones, [300, 600])
        let annealing = try recipe(Self.plain, "schedule.name=annealing", "schedule.warm_up_steps=5")
        XCTAssertEqual(
            annealing.optimizer.schedule.schedule(steps: 9), .annealing(totalSteps: 9, warmUpSteps: 5))
        for wrong in ["600 300", "300 300", "0", "-1", "3.5", "x", "", "9999999999"] {
            let message = refusal(
                Self.plain, "schedule.name=milestones", "schedule.factor=0.1", "schedule.milestones=\(wrong)")
            XCTAssertTrue(message.contains("schedule.milestones must"), message)
        }
        XCTAssertTrue(refusal(Self.plain, text).contains("unknown key \"schedule.milestones\""))
    }

    func testLabelNoiseIsPartOfTheRecipeOnlyWhereThereIsSome() throws {
        let plain = try recipe()
        XCTAssertNil(plain.data.labelNoise)
        XCTAssertFalse(plain.canonicalYAML.contains("noise"))
        XCTAssertEqual(
            try recipe(Self.plain, "data.label_noise=0", "data.label_noise_kind=prior").canonicalYAML,
            plain.canonicalYAML)
        let noisy = try recipe(Self.plain, "data.label_noise=0.4")
        XCTAssertEqual(noisy.data.labelNoise, LabelNoise(.symmetric, rate: 0.4))
        XCTAssertEqual(
            noisy.entries.differences(from: plain.entries).map(\.key),
            ["data.label_noise", "data.label_noise_kind"])
        XCTAssertTrue(refusal(Self.plain, "data.label_noise=1.5").contains("must be from 0 to 1"))
        XCTAssertTrue(refusal(Self.plain, "data.label_noise_kind=all").contains("must be one of symmetric"))
    }

    func testOverridesTakeTheSameStrictPathAndTheLastWins() throws {
        XCTAssertEqual(try recipe(Self.plain, "training.steps=5", "training.steps=7").training.steps, 7)
        XCTAssertTrue(refusal(Self.plain, "steps").contains("--set takes key=value"))
        XCTAssertTrue(refusal(Self.plain, "=5").contains("--set takes key=value"))
        XCTAssertEqual(
            try recipe(Self.plain, "data.root=/a b=c: #d").data.source, .named(.fashionMNIST, root: "/a b=c: #d"))
    }

    func testSpellingOfNumbersDoesNotMatter() throws {
        let first = try recipe(Self.plain, "optimizer.learning_rate=0.03", "method.confidence_threshold=0.9")
        let second = try recipe(Self.plain, "optimizer.learning_rate=3e-2", "method.confidence_threshold=9.0e-1")
        XCTAssertEqual(first.canonicalYAML, second.canonicalYAML)
    }

    func testWhereTheDataLieIsNotEssential() throws {
        let here = try recipe(Self.plain, "data.root=/here")
        let there = try recipe(Self.plain, "data.root=/there")
        XCTAssertTrue(here.entries.differences(from: there.entries).isEmpty)
        XCTAssertNotEqual(here.canonicalYAML, there.canonicalYAML)
        XCTAssertEqual(here.essentialYAML, there.essentialYAML)
        XCTAssertEqual(
            try Recipe(yaml: here.canonicalYAML, name: "x").data.source, .named(.fashionMNIST, root: "/here"))
    }

    func testRecordedBaselinesDifferInTheMethodAlone() throws {
        let daso = try RecipeLibrary.recipe("fashion-mnist-lt/daso", overrides: ["seed=3"])
        let baselines = try RecipeLibrary.recordedBaselines(of: daso)
        XCTAssertEqual(baselines.map(\.name).sorted(), ["fashion-mnist-lt/fixmatch", "fashion-mnist-lt/supervised"])
        XCTAssertEqual(baselines.map(\.recordedRecalls?.count), [10, 10])
        let shorter = try RecipeLibrary.recipe("fashion-mnist-lt/daso", overrides: ["training.steps=3"])
        XCTAssertTrue(try RecipeLibrary.recordedBaselines(of: shorter).isEmpty)
        XCTAssertEqual(try recipe(Self.plain, "recorded_recall=0.5 1").recordedRecalls, [0.5, 1])
        XCTAssertTrue(refusal(Self.plain, "recorded_recall=0.5 50").contains("must be numbers from 0 to 1"))
    }

    func testRecipesAreFoundByNameOrFile() throws {
        XCTAssertThrowsError(try RecipeLibrary.recipe("fashion-mnist-lt/dasso")) {
            XCTAssertEqual(
                $0 as? RecipeError, .notFound(name: "fashion-mnist-lt/dasso", nearest: "fashion-mnist-lt/daso"))
        }
        let path = NSTemporaryDirectory() + "equipoise-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.plain.write(toFile: path, atomically: true, encoding: .utf8)
        XCTAssertEqual(try RecipeLibrary.recipe(path).training.steps, 10)
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: path))
        XCTAssertThrowsError(try RecipeLibrary.recipe(path))
        // What is read of it ends inside a character.
        try Data(String(repeating: "# éé\n", count: 1 << 18).utf8).write(to: URL(fileURLWithPath: path))
        XCTAssertThrowsError(try RecipeLibrary.recipe(path)) {
            XCTAssertTrue($0.localizedDescription.contains("too many"), $0.localizedDescription)
        }
    }
}
