import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times a training step, or each operation.",
        discussion: "Example: equipoise bench step --model wrn-28-2 --labelled 64 --unlabelled 128 --json",
        subcommands: [Step.self, Operations.self])
}
