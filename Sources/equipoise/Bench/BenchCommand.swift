import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times a training step, the classification of a batch, the making of views, or each operation.",
        discussion: """
            Beside every speed stands its part of what the device was measured to do at most: multiply-adds without
            memory, and copies that no cache holds.

            Example: equipoise bench step --model wrn-28-2 --labelled 64 --unlabelled 128 --json
            """,
        subcommands: [Step.self, Inference.self, Data.self, Operations.self])
}
