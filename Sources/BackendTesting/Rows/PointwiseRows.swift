import Tensors

/// Rows of operations on each element by itself.
enum PointwiseRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let shapes: [Shape] = suite.choose(
            small: [[1], [16, 5], [2, 3, 3, 5]], standard: [[0, 5], [4, 8, 8, 16], [100, 33]],
            bench: [[64, 32, 32, 32]])
        return shapes.flatMap { shape in
            suite == .bench ? benchRows(shape) : unaryRows(shape) + binaryRows(shape) + scalingRows(shape)
        } + suite.choose(small: [[2, 3, 3, 5]], standard: [[4, 8, 8, 16]]).flatMap(rowsOfHalves)
    }

    private static let arithmetic = Tolerance(
        relative: 5e-7, reason: "one rounding or two, and OpenCL's division may be off by 2.5 units in the last place")
    private static let transcendental = Tolerance(
        relative: 2e-6, reason: "OpenCL allows exp, log and pow 3 to 16 units in the last place")

    /// What networks do with activations of float16.
    private static func rowsOfHalves(_ shape: Shape) -> [OperationRow] {
        let halves = Filling.uniform(-1...1).stored(as: .float16)
        let seconds: [(Shape, Filling)] = [(shape, halves), ([shape.columns], .uniform(-1...1))]
        return seconds.map { second, filling in
            OperationRow(
                "binary", "add \(shape) with \(second) half",
                [.input("first", shape, halves), .input("second", second, filling)], tolerance: .exact
            ) { backend, arguments in
                ["output": try backend.binary(.add, arguments["first"], arguments["second"])]
            }
        } + [
            OperationRow("leakyReLU", "\(shape) half", [.input("input", shape, halves)], tolerance: .exact) {
                backend, arguments in
                ["output": try backend.leakyReLU(arguments["input"], negativeSlope: 0.1)]
            },
            OperationRow(
                "leakyReLUGradient", "\(shape) half",
                [.input("outputGradient", shape, halves), .input("input", shape, halves)], tolerance: .exact
            ) { backend, arguments in
                [
                    "inputGradient": try backend.leakyReLUGradient(
                        arguments["outputGradient"], input: arguments["input"], negativeSlope: 0.1)
                ]
            },
            // Among them numbers between two halves, subnormal ones, and some that are too small.
            OperationRow("convert", "\(shape) to float16", [.input("input", shape, ofAllSizes)], tolerance: .exact) {
                backend, arguments in
                ["output": try backend.convert(arguments["input"], to: .float16)]
            },
            OperationRow(
                "convert", "\(shape) to float32", [.input("input", shape, ofAllSizes.stored(as: .float16))],
                tolerance: .exact
            ) { backend, arguments in
                ["output": try backend.convert(arguments["input"], to: .float32)]
            },
        ]
    }

    /// Numbers from 2⁻²⁶ to 2¹⁵ of either sign, every fourth of them half way between two halves.
    private static let ofAllSizes = Filling { shape, generator, _ in
        let values = (0..<shape.count).map { index in
            let fraction =
                1 + (index % 4 == 0 ? Float(2 * generator.integer(below: 512) + 1) / 2048 : generator.uniform())
            let sign: Float = generator.uniform() < 0.5 ? -1 : 1
            return sign * fraction * Float(sign: .plus, exponent: generator.integer(below: 41) - 26, significand: 1)
        }
        return try HostTensor(values, shape: shape)
    }

    private static func benchRows(_ shape: Shape) -> [OperationRow] {
        [binary(.add, shape, shape)] + scalingRows(shape)
    }

    // MARK: Functions of one and two elements

    private static func unaryRows(_ shape: Shape) -> [OperationRow] {
        UnaryOperation.allCases.map { operation in
            // Square roots of small numbers are steep, logarithms too: 0.01 is as low as losses go in practice.
            let filling: Filling = operation == .exponential ? .uniform(-5...5) : .uniform(0.01...10)
            return OperationRow(
                "unary", "\(operation.rawValue) \(shape)", [.input("input", shape, filling)],
                tolerance: transcendental
            ) { backend, arguments in
                ["output": try backend.unary(operation, arguments["input"])]
            }
        }
    }

    private static func binaryRows(_ shape: Shape) -> [OperationRow] {
        var seconds = [shape]
        for other: Shape in [[shape.columns], [shape.rows, 1], [1]] where !seconds.contains(other) {
            seconds.append(other)
        }
        return BinaryOperation.allCases.flatMap { operation in
            seconds.map { binary(operation, shape, $0) }
        } + [sameTensorTwice(shape)]
    }

    private static func binary(_ operation: BinaryOperation, _ first: Shape, _ second: Shape) -> OperationRow {
        let firstFilling: Filling
        let secondFilling: Filling
        var tolerance = Tolerance.exact
        switch operation {
        case .add, .subtract, .multiply:
            (firstFilling, secondFilling, tolerance) = (.uniform(-1...1), .uniform(-1...1), arithmetic)
        case .divide:
            (firstFilling, secondFilling, tolerance) = (.uniform(-1...1), .awayFromZero(0.25...4), arithmetic)
        case .power:
            // With a zero among the bases and the exponents: 0⁰ is 1.
            (firstFilling, secondFilling) = (.anyOf([0, 0.1, 0.5, 0.9, 1, 3]), .anyOf([0, 0.5, 1, 2, 1.5]))
            tolerance = transcendental
        case .minimum, .maximum, .greaterOrEqual:
            (firstFilling, secondFilling) = (.anyOf([-1, 0, 0.5, 2]), .anyOf([-1, 0, 0.5, 2]))
        }
        return OperationRow(
            "binary", "\(operation.rawValue) \(first) with \(second)",
            [.input("first", first, firstFilling), .input("second", second, secondFilling)], tolerance: tolerance,
            work: .moving(floats: 2 * first.count + second.count)
        ) { backend, arguments in
            ["output": try backend.binary(operation, arguments["first"], arguments["second"])]
        }
    }

    private static func sameTensorTwice(_ shape: Shape) -> OperationRow {
        OperationRow(
            "binary", "multiply \(shape) with itself", [.input("input", shape)], tolerance: arithmetic
        ) { backend, arguments in
            ["output": try backend.binary(.multiply, arguments["input"], arguments["input"])]
        }
    }

    // MARK: Scaling, accumulating, activation

    private static func scalingRows(_ shape: Shape) -> [OperationRow] {
        // Exact zeros are among the inputs: the activation's derivative there is the negative slope.
        let kinked = Filling.anyOf([-2, -1, -0.25, 0, 0.25, 1, 2])
        return [
            OperationRow(
                "affine", "\(shape)", [.input("input", shape)], tolerance: arithmetic,
                work: .moving(floats: 2 * shape.count)
            ) { backend, arguments in
                ["output": try backend.affine(arguments["input"], scale: -1.5, shift: 0.25)]
            },
            OperationRow(
                "accumulate", "\(shape)", [.input("input", shape), .updated("destination", shape)],
                tolerance: arithmetic, work: .moving(floats: 3 * shape.count, operationsPerFloat: 1)
            ) { backend, arguments in
                try backend.accumulate(arguments["input"], scale: 0.3, into: arguments["destination"])
                return [:]
            },
            OperationRow(
                "leakyReLU", "\(shape)", [.input("input", shape, kinked)], tolerance: arithmetic,
                work: .moving(floats: 2 * shape.count)
            ) { backend, arguments in
                ["output": try backend.leakyReLU(arguments["input"], negativeSlope: 0.1)]
            },
            OperationRow(
                "leakyReLUGradient", "\(shape)",
                [.input("outputGradient", shape), .input("input", shape, kinked)], tolerance: arithmetic,
                work: .moving(floats: 3 * shape.count)
            ) { backend, arguments in
                [
                    "inputGradient": try backend.leakyReLUGradient(
                        arguments["outputGradient"], input: arguments["input"], negativeSlope: 0.1)
                ]
            },
        ]
    }

    static let gradients = [
        GradientRow(
            "leakyReLU", "5×7", [.input("input", [5, 7], .awayFromZero(0.25...1))], differentiated: ["input"]
        ) { backend, arguments in
            try backend.leakyReLU(arguments["input"], negativeSlope: 0.1)
        } backward: { backend, arguments, outputGradient in
            [
                "input": try backend.leakyReLUGradient(
                    outputGradient, input: arguments["input"], negativeSlope: 0.1)
            ]
        }
    ]

    static let refusals = [
        RefusalRow("binary", "a second operand that cannot be repeated") { backend in
            _ = try backend.binary(
                .add, try backend.tensor(repeating: 1, [2, 3]), try backend.tensor(repeating: 1, [2]))
        },
        RefusalRow("binary", "integers") { backend in
            _ = try backend.binary(
                .add, try backend.tensor([1, 2] as [Int32], [2]), try backend.tensor(repeating: 1, [2]))
        },
        RefusalRow("binary", "a tensor of another backend", expected: .foreignTensor) { backend in
            _ = try backend.binary(.add, try backend.tensor(repeating: 1, [2]), ForeignStorage.tensor([2]))
        },
        RefusalRow("binary", "two tensors of one shape and two types") { backend in
            _ = try backend.binary(
                .add, try backend.makeTensor([2, 3], .float16), try backend.tensor(repeating: 1, [2, 3]))
        },
        RefusalRow("convert", "to integers") { backend in
            _ = try backend.convert(try backend.tensor(repeating: 1, [2, 3]), to: .int32)
        },
        RefusalRow("unary", "halves") { backend in
            _ = try backend.unary(.exponential, try backend.makeTensor([2], .float16))
        },
        RefusalRow("unary", "integers") { backend in
            _ = try backend.unary(.exponential, try backend.tensor([1, 2] as [Int32], [2]))
        },
        RefusalRow("affine", "integers") { backend in
            _ = try backend.affine(try backend.tensor([1, 2] as [Int32], [2]), scale: 1, shift: 0)
        },
        RefusalRow("accumulate", "counts that differ") { backend in
            try backend.accumulate(
                try backend.tensor(repeating: 1, [3]), scale: 1, into: try backend.tensor(repeating: 1, [4]))
        },
        RefusalRow("leakyReLUGradient", "shapes that differ") { backend in
            _ = try backend.leakyReLUGradient(
                try backend.tensor(repeating: 1, [2, 3]), input: try backend.tensor(repeating: 1, [3, 2]),
                negativeSlope: 0.1)
        },
    ]
}
