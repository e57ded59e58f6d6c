import ArgumentParser
import Training

extension BenchCommand {
    struct Inference: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times the classification of random images of 32×32×3.",
            discussion: "Example: equipoise bench inference --batch 256 --device opencl:0")

        @OptionGroup var options: NetworkBenchOptions

        @Option(help: "Images that are classified at a time.")
        var batch = 256

        func validate() throws {
            try NetworkBenchOptions.check("batch", batch)
        }

        func run() throws {
            try options.run("inference", sizes: ["--batch", "\(batch)"], title: "\(batch) images at a time") {
                model, backend in
                try InferenceBenchmark(
                    model: model, batch: batch, precision: options.precision, on: backend)
            }
        }
    }
}
