import CPUBackend
import NeuralNetworks
import Tensors
import XCTest

/// An input of a function whose gradients are checked.
struct CheckedInput {
    let name: String
    let values: [Float]
    let shape: Shape

    init(_ name: String, _ shape: Shape, _ values: [Float]) {
        self.name = name
        self.values = values
        self.shape = shape
    }
}

extension XCTestCase {
    /// Compares the gradients of `Σ w · y(inputs)`, w being fixed numbers, with what the function's values alone say, by
    /// the five-point formula; and sees that an input without gradient receives none while the others keep theirs.
    ///
    /// - Parameter step: how far an input is moved. Every kink must be farther than twice this from the inputs.
    func assertGradients(
        of inputs: [CheckedInput], step: Float = 1.0 / 32, accuracy: Double = 1e-3, file: StaticString = #filePath,
        line: UInt = #line, _ function: (Tape, [Variable]) throws -> Variable
    ) throws {
        let backend = CPUBackend()
        func variables(
            moving moved: Int? = nil, element: Int = 0, by change: Float = 0, constant: Int? = nil
        ) throws -> [Variable] {
            try inputs.enumerated().map { index, input in
                var values = input.values
                if index == moved { values[element] += change }
                return Variable(try backend.tensor(values, input.shape), requiresGradient: index != constant)
            }
        }
        func weights(_ shape: Shape) throws -> Tensor {
            try backend.tensor((0..<shape.count).map { 0.5 + Float(($0 * 7) % 5) / 4 }, shape)
        }
        func gradients(constant: Int? = nil) throws -> [[Float]?] {
            let tape = Tape(on: backend)
            let leaves = try variables(constant: constant)
            let output = try function(tape, leaves)
            let weighted = try tape.multiply(output, tape.constant(try weights(output.shape)))
            try tape.backward(from: try tape.sum(weighted))
            return try leaves.map { leaf in
                guard let gradient = leaf.gradient else { return nil }
                XCTAssertEqual(gradient.shape, leaf.shape, file: file, line: line)
                return try backend.read(gradient).floats
            }
        }
        let all = try gradients()
        for (index, input) in inputs.enumerated() {
            func value(_ element: Int, at steps: Float) throws -> Double {
                let tape = Tape(on: backend, recording: false)
                let output = try function(tape, variables(moving: index, element: element, by: steps * step))
                let values = try backend.read(output.value).floats
                let weights = try backend.read(weights(output.shape)).floats
                return zip(values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            let gradient = try XCTUnwrap(all[index], "no gradient of \(input.name)", file: file, line: line)
            for element in input.values.indices {
                let near = try value(element, at: 1) - value(element, at: -1)
                let far = try value(element, at: 2) - value(element, at: -2)
                XCTAssertEqual(
                    Double(gradient[element]), (8 * near - far) / Double(12 * step), accuracy: accuracy,
                    "element \(element) of \(input.name)", file: file, line: line)
            }
            guard inputs.count > 1 else { continue }
            var expected = all
            expected[index] = nil
            XCTAssertEqual(
                try gradients(constant: index), expected, "without gradient of \(input.name)", file: file, line: line)
        }
    }
}
