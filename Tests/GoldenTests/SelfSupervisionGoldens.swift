import Methods
import NeuralNetworks
import Tensors

/// Replays the golden cases of kind `method` that are single losses of features: self-supervision, metric learning,
/// clustering.
enum SelfSupervisionGoldens {
    static let handlers: [String: GoldenHandler] = [
        "nt_xent": .onEachBackend { golden, backend in
            let temperature: Float = try golden.attribute("temperature")
            return try gradients(of: ["z1", "z2"], golden, on: backend) { tape, leaves in
                try tape.simCLRLoss(leaves[0], leaves[1], temperature: temperature)
            }
        },
        "moco": .onEachBackend { try replayMomentumContrast($0, on: $1) },
        "sim_siam": .onEachBackend { golden, backend in
            let projections = try (backend.input("z1", of: golden), backend.input("z2", of: golden))
            return try gradients(of: ["p1", "p2"], golden, on: backend) { tape, leaves in
                try tape.simSiamLoss(predictions: (leaves[0], leaves[1]), projections: projections)
            }
        },
        "byol": .onEachBackend { golden, backend in
            let projections = try (backend.input("z1", of: golden), backend.input("z2", of: golden))
            return try gradients(of: ["p1", "p2"], golden, on: backend) { tape, leaves in
                try tape.byolLoss(predictions: (leaves[0], leaves[1]), projections: projections)
            }
        },
        "barlow_twins": .onEachBackend { golden, backend in
            let redundancyWeight: Float = try golden.attribute("lambda")
            let epsilon: Float = try golden.attribute("epsilon")
            return try gradients(of: ["z1", "z2"], golden, on: backend) { tape, leaves in
                try tape.barlowTwinsLoss(leaves[0], leaves[1], redundancyWeight: redundancyWeight, epsilon: epsilon)
            }
        },
        "triplet_batch_hard": .onEachBackend { golden, backend in
            let labels = try golden.input("labels").integers()
            let margin: Float = try golden.attribute("margin")
            return try gradients(of: ["features"], golden, on: backend) { tape, leaves in
                try tape.batchHardTripletLoss(leaves[0], labels: labels, margin: margin)
            }
        },
        "k_means_step": .onEachBackend { golden, backend in
            let points = try backend.input("x", of: golden)
            let step = try KMeans(movingCentres: backend.input("centres", of: golden), to: points, on: backend)
            return try backend.read([
                "centres": step.centres, "assignment": step.assignments, "count": step.counts,
                "squared_distance": step.squaredDistances.reshaped(to: [points.shape[0]]),
                "inertia": step.inertia(on: backend),
            ])
        },
    ]

    /// The loss of the named inputs, as `loss`, and its gradient with respect to each, as `d` and the input's name.
    private static func gradients(
        of names: [String], _ golden: GoldenFile, on backend: any Backend,
        _ loss: (Tape, [Variable]) throws -> Variable
    ) throws -> [String: HostTensor] {
        let leaves = try names.map { Variable(try backend.input($0, of: golden), requiresGradient: true) }
        let tape = Tape(on: backend)
        let output = try loss(tape, leaves)
        try tape.backward(from: output)
        var results = ["loss": try backend.read(output.value)]
        for (name, leaf) in zip(names, leaves) {
            results["d\(name)"] = try backend.read(leaf.gradient ?? backend.tensor(repeating: 0, leaf.shape))
        }
        return results
    }

    /// Made anew from its saved state before every step, so that whatever the state lacks would show.
    private static func replayMomentumContrast(
        _ golden: GoldenFile, on backend: any Backend
    ) throws -> [String: HostTensor] {
        let queue = try golden.input("queue")
        let temperature: Float = try golden.attribute("temperature")
        var state = ["queue": queue, "pointer": try HostTensor([0 as Int32], shape: [1])]
        var results: [String: HostTensor] = [:]
        for index in 0..<(try golden.attribute("steps") as Int) {
            let time = GoldenFile.time(index)
            let contrast = try MomentumContrast(
                queueLength: golden.attribute("queue_length"), width: queue.shape.columns, temperature: temperature,
                stream: RandomStream(seed: 1, purpose: .testing), on: backend)
            try contrast.restore(state)
            let keys = try backend.input("\(time).key", of: golden)
            let step = try gradients(of: ["\(time).query"], golden, on: backend) { tape, leaves in
                try contrast.loss(queries: leaves[0], keys: keys, on: tape)
            }
            state = try contrast.state()
            results["\(time).loss"] = step["loss"]
            results["\(time).dquery"] = step["d\(time).query"]
            for (name, tensor) in state { results["\(time).state.\(name)"] = tensor }
        }
        return results
    }
}
