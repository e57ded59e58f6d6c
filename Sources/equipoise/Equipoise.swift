import ArgumentParser

@main
struct Equipoise: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "equipoise", abstract: "Trains image classifiers.")
}
