import Tensors

/// Recipes as people and accidents change them.
enum MutatedRecipe {
    /// Between them they have every section.
    static let originals = [
        """
        seed: 1
        data: {set: fashion-mnist, labelled_head: 9, labelled_imbalance: 2, unlabelled_head: 9, unlabelled_imbalance: 2}
        model: {name: wrn-10-1}
        method: {base: fixmatch, rebalance: daso+abc, loss: logit-adjusted, warm_up_steps: 7, queue_capacity: 9}
        optimizer: {learning_rate: 0.03, momentum: 0.9}
        training: {steps: 10, labelled_batch: 4, unlabelled_ratio: 2, evaluate_every: 5, checkpoint_every: 5}
        generations: {count: 3, selection_alpha: 2}
        retraining: {steps: 4, learning_rate: 0.1}
        """,
        """
        precision: mixed
        data: {set: ./images, labelled_fraction: 0.1, label_noise: 0.2, device_memory: 9MB}
        model: {name: resnet-18, stem: small}
        method: {base: supervised, loss: gce}
        optimizer: {name: adam, learning_rate: 0.03}
        schedule: {name: milestones, factor: 0.1, warm_up_steps: 2}
        training: {steps: 10, labelled_batch: 4, unlabelled_ratio: 2, evaluate_every: 5, checkpoint_every: 5}
        pretraining: {method: simclr, steps: 5, batch: 8, learning_rate: 0.1, temperature: 0.5}
        rounds: {count: 2, metric_steps: 3, margin: 0.2}
        evaluation: {logit_adjustment: 1}
        """,
    ]

    /// Numbers at the ends of their types, YAML's signs, words of other types.
    private static let values = [
        "", "0", "-1", "1e308", "-1e308", "5e-324", "nan", "inf", "999999999", "1000000000", "9223372036854775807",
        "-9223372036854775808", "99999999999999999999", "0x10", "1_000", "1.5", "true", "null", "~", "none", "[1, 2]",
        "{a: 1}", "&a b", "*a", "!!int 3", "\"1\"", "'x", "|", ">", "%", "@", "- 1", "wrn-28-999999999999", "wrn--1-0",
        "é\u{301}\u{200D}", "\u{0}", "\t", "a: b: c", "# 1",
    ]

    /// The text with up to two values that are others, or words and signs that are gone, there twice or elsewhere.
    static func text(of yaml: String, with generator: inout PhiloxGenerator) -> String {
        var words = words(of: yaml)
        for _ in 0...generator.integer(below: 2) {
            let index = generator.integer(below: words.count)
            switch generator.integer(below: 10) {
            case 0: words.remove(at: index)
            case 1: words.insert(words[generator.integer(below: words.count)], at: index)
            case 2: words[index] = words[generator.integer(below: words.count)]
            default:
                // Values follow a blank.
                let places = words.indices.filter { words[$0].hasPrefix(" ") }
                let place = places.isEmpty ? index : places[generator.integer(below: places.count)]
                words[place] = " " + values[generator.integer(below: values.count)]
            }
        }
        return words.joined()
    }

    private static func words(of yaml: String) -> [String] {
        func isSign(_ character: Character) -> Bool { ",:{}\n".contains(character) }
        return yaml.reduce(into: []) { words, character in
            if let last = words.last?.last, !isSign(character), !isSign(last) {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
        }
    }
}
