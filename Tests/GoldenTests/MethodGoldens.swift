import Methods
import NeuralNetworks
import Tensors

/// Replays the golden cases of kind `method`: several steps whose logits and features are given, the state being carried
/// by the method.
enum MethodGoldens {
    static let handlers: [String: GoldenHandler] = [
        "supervised": .onEachBackend { try replay($0, on: $1, with: supervised($0, on: $1)) },
        "fixmatch": .onEachBackend { try replay($0, on: $1, with: fixMatch($0, on: $1)) },
        "daso": .onEachBackend { try replayDASO($0, on: $1) },
        "daso_la": .onEachBackend { try replayDASO($0, on: $1) },
        "daso_abc": .onEachBackend { try replayDASO($0, on: $1) },
        "daso_la_abc": .onEachBackend { try replayDASO($0, on: $1) },
    ]

    private static func supervised(_ golden: GoldenFile, on backend: any Backend) throws -> Supervised {
        try Supervised(golden.attributes(as: SupervisedOptions.self), prior: golden.classPrior(), on: backend)
    }

    private static func fixMatch(_ golden: GoldenFile, on backend: any Backend) throws -> FixMatch {
        try FixMatch(golden.attributes(as: FixMatchOptions.self), prior: golden.classPrior(), on: backend)
    }

    /// Replayed twice: straight, and with the method made anew from its saved state before every step, which must give
    /// the same bits.
    private static func replayDASO(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        func make() throws -> DASO {
            try DASO(
                golden.attributes(as: DASOOptions.self), prior: golden.classPrior(),
                featureWidth: golden.attribute("feature_width"), on: backend)
        }
        func stateAfterStep(_ daso: DASO) throws -> [String: HostTensor] {
            var state = try daso.state()
            state["prototypes"] = try backend.read(daso.prototypes())
            return state
        }
        let straight = try make()
        let results = try replay(golden, on: backend, with: straight) { _ in try stateAfterStep(straight) }

        var resumed = try make()
        var resumedResults: [String: HostTensor] = [:]
        for step in 0..<(try golden.attribute("steps") as Int) {
            let next = try make()
            try next.restore(resumed.state())
            resumed = next
            resumedResults.merge(
                try replayStep(step, of: golden, on: backend, with: resumed, state: { try stateAfterStep(resumed) })
            ) { _, new in new }
        }
        guard resumedResults == results else {
            throw GoldenError.badFile(golden.caseName, problem: "resuming before every step gives other results")
        }
        return results
    }

    private static func replay(
        _ golden: GoldenFile, on backend: any Backend, with method: any Method,
        state: (any Method) throws -> [String: HostTensor] = { _ in [:] }
    ) throws -> [String: HostTensor] {
        var results: [String: HostTensor] = [:]
        for step in 0..<(try golden.attribute("steps") as Int) {
            results.merge(
                try replayStep(step, of: golden, on: backend, with: method, state: { try state(method) })
            ) { _, new in new }
        }
        return results
    }

    /// One step: losses, pseudo-labels, gradients with respect to every input, and the state afterwards.
    private static func replayStep(
        _ index: Int, of golden: GoldenFile, on backend: any Backend, with method: any Method,
        state: () throws -> [String: HostTensor]
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
        guard let labelled = view("labelled") else {
            throw GoldenError.badFile(golden.caseName, problem: "step \(index) has no labelled logits")
        }
        let firstStep: Int = try golden.attributeIfPresent("first_step") ?? 0
        let tape = Tape(on: backend)
        let outputs = try method.step(
            StepInputs(
                step: firstStep + index, labels: golden.input("\(time).labels").integers(), labelled: labelled,
                weak: view("weak"), strong: view("strong"), teacherFeatures: leaves["teacher.features"]?.value,
                draw: { name, _ in try backend.input("\(time).uniform.\(name)", of: golden) }),
            on: tape)
        try tape.backward(from: outputs.total)

        var results = ["loss.total": try backend.read(outputs.total.value)]
        for term in outputs.terms { results["loss.\(term.name)"] = try backend.read(term.value) }
        results["pseudo_label"] = try outputs.pseudoLabels.map(backend.read)
        results["mask"] = try outputs.mask.map(backend.read)
        for (name, leaf) in leaves {
            // No gradient means that none flows.
            results["grad.\(name)"] = try backend.read(
                leaf.gradient ?? backend.tensor(repeating: 0, leaf.shape))
        }
        for (name, tensor) in try state() { results["state.\(name)"] = tensor }
        return Dictionary(uniqueKeysWithValues: results.map { ("\(time).\($0.key)", $0.value) })
    }
}

extension GoldenFile {
    fileprivate func classPrior() throws -> ClassPrior {
        try ClassPrior(counts: input("class_counts").integers().map(Int.init))
    }
}
