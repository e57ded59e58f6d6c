import Methods
import NeuralNetworks
import Tensors

/// Replays `cossl_tfe`: the features that CoSSL's second head learns on, and its loss on them.
enum TailFeatureEnhancementGoldens {
    static func replay(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let enhancement = try TailFeatureEnhancement(prior: MethodGoldens.prior(of: golden), on: backend)
        var results: [String: HostTensor] = [:]
        for index in 0..<(try golden.attribute("steps") as Int) {
            let time = GoldenFile.time(index)
            func input(_ name: String) throws -> Tensor { try backend.input("\(time).\(name)", of: golden) }
            let labels = try input("labels")
            let (features, isMixed) = try enhancement.enhance(
                input("labelled.features"), labels: labels, with: input("weak.features"),
                draws: input("uniform.mix"), lambdas: input("lambda"), on: backend)
            let tape = Tape(on: backend)
            let weight = Variable(try backend.input("teacher.weight", of: golden), requiresGradient: true)
            let bias = Variable(try backend.input("teacher.bias", of: golden), requiresGradient: true)
            let logits = try tape.linear(tape.constant(features), weight: weight, bias: bias)
            let loss = try tape.crossEntropy(
                logits, targets: backend.oneHot(labels, classes: bias.value.count), weights: nil)
            try tape.backward(from: loss)
            results["\(time).features"] = try backend.read(features)
            let mixed = try backend.read(isMixed)
            results["\(time).mixed"] = try HostTensor(mixed.floats.map(Int32.init), shape: mixed.shape)
            results["\(time).loss.total"] = try backend.read(loss.value)
            results["\(time).grad.teacher.weight"] = try weight.gradient.map(backend.read)
            results["\(time).grad.teacher.bias"] = try bias.gradient.map(backend.read)
        }
        return results
    }
}
