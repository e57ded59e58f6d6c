import Tensors

/// Derivatives along directions, from values of the function alone.
///
/// With `L(x) = Σ outputGradient · y(x)`, summed in double precision, and a direction v, the five-point formula
/// `(8 (L(x+hv) − L(x−hv)) − (L(x+2hv) − L(x−2hv))) / 12h` is compared with `<gradient, v>`. Its error is of order h⁴,
/// which allows a step so large that the rounding of float32 values does not matter.
struct FiniteDifferences {
    let row: GradientRow
    let backend: any Backend

    /// One line for each argument whose gradient is wrong.
    func problems() throws -> [String] {
        let hosts = try row.arguments.filled(for: row.name)
        let placed = try PlacedArguments(row.arguments, filledWith: hosts, on: backend, placement: .plain)
        let output = try backend.read(try row.forward(backend, placed))
        var generator = PhiloxGenerator(
            RandomStream(seed: 1, purpose: .testing, sample: UInt32(truncatingIfNeeded: output.shape.count)))
        let outputGradient = try HostTensor(
            (0..<output.shape.count).map { _ in generator.uniform() * 2 - 1 }, shape: output.shape)
        // The forward call may have changed arguments in place (running statistics), so they are placed again.
        let fresh = try PlacedArguments(row.arguments, filledWith: hosts, on: backend, placement: .plain)
        let gradients = try row.backward(backend, fresh, try backend.tensor(outputGradient)).mapValues {
            try backend.read($0)
        }
        let noise = rounding(of: output, weights: outputGradient)

        return try row.differentiated.compactMap { name in
            guard let gradient = gradients[name], let host = hosts[name] else {
                return "no gradient of \(name) was computed"
            }
            guard gradient.shape == host.shape else {
                return "the gradient of \(name) is \(gradient.shape), must be \(host.shape)"
            }
            for direction in directions(count: host.shape.count, using: &generator) {
                let expected = try derivative(along: direction, of: name, hosts: hosts, weights: outputGradient)
                let products = zip(gradient.doubles, direction).map { $0 * Double($1) }
                let got = products.reduce(0, +)
                let length = products.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let allowed = 1e-3 * length + noise
                guard (got - expected).magnitude <= allowed else {
                    return "\(name) along \(description(of: direction, in: host.shape)): "
                        + "the derivative is \(expected), the gradient says \(got), allowed difference \(allowed)"
                }
            }
            return nil
        }
    }

    /// What rounding the outputs to float32 can do to the quotient.
    private func rounding(of output: HostTensor, weights: HostTensor) -> Double {
        let terms = zip(output.doubles, weights.doubles).map { $0 * $1 }
        return 8 * 0x1p-23 * terms.reduce(0) { $0 + $1 * $1 }.squareRoot() / row.step
    }

    /// Dense directions see every element; single elements are seen clearly: the first, the last, some others.
    private func directions(count: Int, using generator: inout PhiloxGenerator) -> [[Float]] {
        let dense = (0..<3).map { _ in (0..<count).map { _ in generator.uniform() < 0.5 ? -1 as Float : 1 } }
        let elements = [0, count - 1] + (0..<10).map { _ in generator.integer(below: count) }
        let single = Set(elements).sorted().map { element in
            (0..<count).map { $0 == element ? 1 as Float : 0 }
        }
        return dense + single
    }

    private func derivative(
        along direction: [Float], of name: String, hosts: [String: HostTensor], weights: HostTensor
    ) throws -> Double {
        func value(at steps: Double) throws -> Double {
            guard let host = hosts[name] else { return .nan }
            var moved = hosts
            moved[name] = try HostTensor(
                zip(host.floats, direction).map { $0 + Float(steps * row.step) * $1 }, shape: host.shape)
            let placed = try PlacedArguments(row.arguments, filledWith: moved, on: backend, placement: .plain)
            let output = try backend.read(try row.forward(backend, placed))
            return zip(output.doubles, weights.doubles).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let near = try value(at: 1) - value(at: -1)
        let far = try value(at: 2) - value(at: -2)
        return (8 * near - far) / (12 * row.step)
    }

    private func description(of direction: [Float], in shape: Shape) -> String {
        guard direction.count > 1, direction.count(where: { $0 != 0 }) == 1,
            let element = direction.firstIndex(where: { $0 != 0 })
        else { return "a dense direction" }
        return "element \(shape.position(of: element))"
    }
}
