import BackendTesting
import OpenCLBackend

/// CLBlast's parameters hold for a device in the whole process, so they are chosen for all matrix products together.
extension Tuning {
    /// Adds times to a problem's choice, if it has one.
    mutating func addTimes(_ milliseconds: [String: Double], of problem: TunableProblem) {
        guard
            var choice = choices.first(where: { ($0.operation, $0.problem) == (problem.operation, "\(problem)") })
        else { return }
        choice.milliseconds.merge(milliseconds) { $1 }
        choose(choice)
    }

    /// Has all products that go through CLBlast use the parameters with which those measured take the least time together;
    /// CLBlast's own keep their place unless others are faster by more than measuring errs. Products that were not measured
    /// get the same parameters by a choice without words.
    mutating func settleCLBlast() {
        let products = choices.filter {
            $0.operation == "gemm" && $0.milliseconds[OpenCLBackend.clblastNames[0]] != nil
        }
        func times(_ product: Choice, with clblast: String) -> [(name: String, time: Double)] {
            let others = OpenCLBackend.clblastNames.filter { $0 != clblast }
            // CLBlast is preferred to kernels of the program's own, as in the list.
            return product.milliseconds.filter { !others.contains($0.key) }
                .sorted { ($0.key == clblast ? 0 : 1, $0.key) < ($1.key == clblast ? 0 : 1, $1.key) }
                .map { ($0.key, $0.value) }
        }
        let totals = OpenCLBackend.clblastNames.map { name in
            (name, products.map { times($0, with: name).map(\.time).min() ?? .infinity }.reduce(0, +))
        }
        guard !products.isEmpty, let clblast = ImplementationTrial.winner(of: totals) else { return }
        for var product in products {
            product.implementation =
                ImplementationTrial.winner(of: times(product, with: clblast)) ?? product.implementation
            choose(product)
        }
        choose(Choice(operation: "gemm", problem: "", implementation: clblast, milliseconds: [:]))
    }
}
