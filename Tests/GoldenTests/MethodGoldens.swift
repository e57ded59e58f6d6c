import Methods
import NeuralNetworks
import Tensors

/// Replays the golden cases of kind `method`: several steps whose logits and features are given, the state being carried
/// by the method.
enum MethodGoldens {
    static let handlers: [String: GoldenHandler] = [
        "supervised": composed(SupervisedOptions.self),
        "pseudo_label": composed(PseudoLabellingOptions.self),
        "mean_teacher": composed(MeanTeacherOptions.self),
        "mixmatch": composed(
            MixMatchOptions.self, renaming: ["temperature": "sharpening_temperature"], adding: ["ramp_fraction": 1]),
        "remixmatch": composed(
            ReMixMatchOptions.self,
            renaming: [
                "temperature": "sharpening_temperature", "alignment_power": "distribution_alignment_power",
                "alignment_epsilon": "distribution_alignment_epsilon",
                "alignment_queue": "distribution_alignment_steps",
            ], adding: ["ramp_fraction": 1]),
        "fixmatch": composed(FixMatchOptions.self),
        "freematch": composed(FreeMatchOptions.self, renaming: ["decay": "statistics_decay"]),
        "softmatch": composed(SoftMatchOptions.self, renaming: ["decay": "statistics_decay"]),
        "daso": composed(FixMatchOptions.self, DASOOptions.self),
        "daso_la": composed(FixMatchOptions.self, DASOOptions.self, loss: LogitAdjustedOptions.self),
        "daso_abc": composed(FixMatchOptions.self, DASOOptions.self, BalancedClassifierOptions.self),
        "daso_la_abc": composed(
            FixMatchOptions.self, DASOOptions.self, BalancedClassifierOptions.self, loss: LogitAdjustedOptions.self),
        "abc": composed(
            FixMatchOptions.self, BalancedClassifierOptions.self,
            renaming: ["target": "auxiliary_target"]),
        "adello": composed(FixMatchOptions.self, ADELLOOptions.self),
        "udal": composed(FixMatchOptions.self, UDALOptions.self),
        "debias_pl": composed(FixMatchOptions.self, DebiasPLOptions.self),
        "crest_plus": composed(FixMatchOptions.self, CReSTOptions.self),
        "crest_selection": .onHost(UnlabelledPassGoldens.selectByCReST),
        "darp": .onEachBackend(UnlabelledPassGoldens.replayDARP),
        "saw": composed(FixMatchOptions.self, SAWOptions.self),
        "adsh": composed(FixMatchOptions.self, AdshOptions.self),
        "acr": composed(FixMatchOptions.self, AdaptiveConsistencyOptions.self),
        "tras": composed(
            FixMatchOptions.self, TransferAndShareOptions.self,
            renaming: ["power": "prior_power", "A": "temperature_scale", "B": "temperature_offset"]),
        "cossl_tfe": .onEachBackend(TailFeatureEnhancementGoldens.replay),
        "bmb": composed(
            FixMatchOptions.self, BalancedMemoryBankOptions.self,
            renaming: ["unsupervised_weight": "auxiliary_unsupervised_weight"]),
    ].merging(LabelledLossGoldens.handlers) { first, _ in first }

    /// A handler for a base with rebalancers, each part's options being the attributes of its names.
    ///
    /// - Parameters:
    ///   - renaming: attributes that a part knows by another name.
    ///   - adding: options that the case says nothing of.
    static func composed(
        _ base: any BasePart.Type, _ rebalancers: any RebalancerPart.Type...,
        loss: any LabelledLossPart.Type = CrossEntropyOptions.self, renaming: [String: String] = [:],
        adding: [String: Double] = [:]
    ) -> GoldenHandler {
        .onEachBackend { golden, backend in
            func part<Part: MethodPart>(_ type: Part.Type) throws -> Part {
                try golden.attributes(as: type, renaming: renaming, adding: adding)
            }
            func basePart(_ type: any BasePart.Type) throws -> any BasePart { try part(type) }
            func lossPart(_ type: any LabelledLossPart.Type) throws -> any LabelledLossPart { try part(type) }
            func rebalancerPart(_ type: any RebalancerPart.Type) throws -> any RebalancerPart { try part(type) }
            let composition = try MethodComposition(
                base: basePart(base), loss: lossPart(loss), rebalancers: rebalancers.map(rebalancerPart))
            let prior = try prior(of: golden)
            let site = MethodSite(
                prior: prior,
                unlabelledCount: try golden.attributeIfPresent("samples") ?? 1,
                featureWidth: try golden.attributeIfPresent("feature_width") ?? 1,
                totalSteps: try golden.attributeIfPresent("total_steps") ?? stepsOfGivenRamps,
                generation: Generation(
                    index: try golden.attributeIfPresent("generation") ?? 0,
                    of: try golden.attributeIfPresent("generations") ?? 1, initialPrior: prior),
                backend: backend)
            return try replayAndResume(golden, on: backend) { try composition.makeMethod(at: site) }
        }
    }

    /// How many steps a run has in cases that give weights that rise over a run, not steps: enough for every such weight
    /// to be that of a step.
    private static let stepsOfGivenRamps = 10_000_000

    /// The class counts of a case; for those that do without, any that have as many classes and samples as it says.
    static func prior(of golden: GoldenFile) throws -> ClassPrior {
        if let counts = golden.inputs["class_counts"] {
            return try ClassPrior(counts: counts.integers().map(Int.init))
        }
        let classes: Int = try golden.attribute("classes")
        let samples: Int = try golden.attributeIfPresent("samples") ?? classes
        return try ClassPrior(
            counts: [samples - classes + 1] + [Int](repeating: 1, count: max(0, classes - 1)))
    }

    /// Replayed twice: straight, and with the method made anew from its saved state before every step, which must give
    /// the same bits.
    static func replayAndResume(
        _ golden: GoldenFile, on backend: any Backend, make: () throws -> any Method
    ) throws -> [String: HostTensor] {
        let first = try make()
        let initialState = try first.state()
        var results = try replay(golden, on: backend, with: first)
        var resumed = try make()
        var resumedResults: [String: HostTensor] = [:]
        for step in 0..<(try golden.attribute("steps") as Int) {
            let next = try make()
            try next.restore(resumed.state())
            resumed = next
            resumedResults.merge(try replayStep(step, of: golden, on: backend, with: resumed)) { _, new in new }
        }
        guard resumedResults == results else {
            throw GoldenError.badFile(golden.caseName, problem: "resuming before every step gives other results")
        }
        // What belongs to no step: how the method begins, and how it ends.
        for (name, tensor) in initialState { results["initial_\(name)"] = tensor }
        let lastStep = "\(GoldenFile.time(try golden.attribute("steps") - 1))."
        for (name, tensor) in results where name.hasPrefix(lastStep) {
            results[String(name.dropFirst(lastStep.count))] = tensor
        }
        return results
    }

    private static func replay(
        _ golden: GoldenFile, on backend: any Backend, with method: any Method
    ) throws -> [String: HostTensor] {
        var results: [String: HostTensor] = [:]
        for step in 0..<(try golden.attribute("steps") as Int) {
            results.merge(try replayStep(step, of: golden, on: backend, with: method)) { _, new in new }
        }
        return results
    }

    /// One step: losses, pseudo-labels, gradients with respect to every input, and the state afterwards.
    private static func replayStep(
        _ index: Int, of golden: GoldenFile, on backend: any Backend, with method: any Method
    ) throws -> [String: HostTensor] {
        let time = GoldenFile.time(index)
        let given = golden.tensors(under: "\(time).")
        var leaves: [String: Variable] = [:]
        for (name, tensor) in given where name.hasSuffix(".logits") || name.hasSuffix(".features") {
            leaves[name] = Variable(try backend.tensor(tensor), requiresGradient: true)
        }
        func view(_ name: String) -> ViewOutputs? {
            // Supervised methods and FixMatch do not look at features; the cases have none.
            leaves["\(name).logits"].map {
                ViewOutputs(
                    logits: $0, features: leaves["\(name).features"] ?? $0,
                    auxiliaryLogits: leaves["\(name).aux.logits"])
            }
        }
        let tape = Tape(on: backend)
        // A case of pseudo-labels alone has no labelled images and no strong views; some must be there.
        let labels =
            try given["labels"]?.integers() ?? [Int32](repeating: 0, count: view("weak")?.logits.shape.rows ?? 0)
        // The rows of mixed images begin with those of labelled ones.
        let mixed = try view("mixed").map { mixed in
            try tape.split(mixed.logits, counts: [labels.count, mixed.logits.shape.rows - labels.count])
                .map { ViewOutputs(logits: $0, features: $0) }
        }
        guard let labelled = view("labelled") ?? mixed?[0] ?? view("weak") else {
            throw GoldenError.badFile(golden.caseName, problem: "step \(index) has no labelled logits")
        }
        let step =
            try given["ramp"].map { Int((Double($0.floats[0]) * Double(stepsOfGivenRamps)).rounded()) }
            ?? firstStep(of: golden) + index
        for name in ["auxiliary.weight", "auxiliary.bias"] where golden.inputs[name] != nil {
            leaves[name] = Variable(try backend.input(name, of: golden), requiresGradient: true)
        }
        var inputs = StepInputs(
            step: step, labels: labels, labelled: labelled,
            draw: { name, _ in try backend.input("\(time).uniform.\(name)", of: golden) })
        inputs.mixed = mixed?[1]
        if let weight = given["lambda"], let permutation = given["permutation"] {
            inputs.mixing = Mixing(weight: weight.floats[0], permutation: try backend.tensor(permutation))
        }
        if let logits = leaves["rotation.logits"], let labels = given["rotation.labels"] {
            inputs.rotation = (logits, try labels.integers())
        }
        inputs.labelledIndices = try given["indices"]?.integers() ?? []
        inputs.unlabelledIndices = inputs.labelledIndices
        inputs.weak = view("weak")
        inputs.secondWeak = view("weak2")
        inputs.strong = view("strong") ?? (given["labels"] == nil ? view("weak") : nil)
        inputs.secondStrong = view("strong2")
        inputs.teacherFeatures = leaves["teacher.features"]?.value
        inputs.teacherLogits = leaves["teacher.logits"]?.value
        inputs.isLabelledCopy = try given["weak.is_labelled"].map { try $0.integers().map { $0 != 0 } } ?? []
        if let weight = leaves["auxiliary.weight"], let bias = leaves["auxiliary.bias"] {
            inputs.auxiliaryHead = (weight, bias)
        }
        inputs.drawRows = { name, _ in try golden.input("\(time).\(name)_indices").integers().map(Int.init) }
        let outputs = try method.step(inputs, on: tape)
        try tape.backward(from: outputs.total)
        if let predictions = try UnlabelledPassGoldens.predictions(of: golden, under: "\(time).") {
            try method.receive(predictions)
        }

        var results = ["loss.total": try backend.read(outputs.total.value)]
        for term in outputs.terms {
            results["loss.\(term.name)"] = try backend.read(term.value)
            // Cases with two heads call the first one's losses those of the base.
            results["loss.base.\(term.name)"] = results["loss.\(term.name)"]
        }
        let auxiliary = outputs.terms.filter { $0.name.hasPrefix("auxiliary.") }
        if !auxiliary.isEmpty {
            // Some cases hold the auxiliary head's two losses as one.
            results["loss.auxiliary"] = try HostTensor(
                [auxiliary.reduce(0) { try $0 + backend.read($1.value).floats[0] }], shape: [1])
        }
        for (name, tensor) in try outputs.observations() {
            // What a case calls a state need not be stored as one.
            results[name] = try backend.read(tensor)
            results["state.\(name)"] = results[name]
        }
        results["pseudo_label"] = try outputs.pseudoLabels.map(backend.read)
        results["mask"] = try outputs.mask.map(backend.read)
        for (name, leaf) in leaves {
            // No gradient means that none flows.
            results["grad.\(name)"] = try backend.read(
                leaf.gradient ?? backend.tensor(repeating: 0, leaf.shape))
        }
        for (name, tensor) in try method.state() { results["state.\(name)"] = tensor }
        return Dictionary(uniqueKeysWithValues: results.map { ("\(time).\($0.key)", $0.value) })
    }

    /// Cases begin at a step of their own, or at an epoch.
    private static func firstStep(of golden: GoldenFile) throws -> Int {
        if let step: Int = try golden.attributeIfPresent("first_step") { return step }
        guard let epoch: Int = try golden.attributeIfPresent("first_epoch") else { return 0 }
        return try epoch * golden.attribute("iterations_per_epoch")
    }
}
