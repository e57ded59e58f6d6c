import Tensors

/// Rows of the two poolings, forward and backward.
enum PoolingRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let images: [Shape] = suite.choose(
            small: [[1, 1, 1, 1], [2, 3, 5, 7], [2, 1, 4, 40]], standard: [[3, 7, 7, 33], [4, 8, 8, 128]],
            bench: [[64, 8, 8, 128]])
        let halves: [Shape] = suite.choose(small: [[2, 3, 5, 7]], standard: [[4, 8, 8, 128]])
        return images.flatMap { globalAverage($0) } + halves.flatMap { globalAverage($0, of: .float16) }
            + problems(suite).flatMap { max($0) }
            + problems(suite).suffix(2).flatMap { max($0, of: .float16) }
    }

    /// What a row's name says about its activations.
    private static func suffix(_ type: ElementType) -> String { type == .float16 ? " half" : "" }

    private static func globalAverage(_ shape: Shape, of type: ElementType = .float32) -> [OperationRow] {
        let text = "n\(shape[0]) h\(shape[1]) w\(shape[2]) c\(shape[3])" + suffix(type)
        let output: Shape = [shape[0], shape[3]]
        return [
            OperationRow(
                "globalAveragePooling", text, [.input("input", shape, .uniform(-1...1).stored(as: type))],
                tolerance: Tolerance(relative: 2e-6, reason: "sums over the pixels in another order"),
                work: .moving(floats: shape.count)
            ) { backend, arguments in
                ["output": try backend.globalAveragePooling(arguments["input"])]
            },
            OperationRow(
                "globalAveragePoolingGradient", text, [.input("outputGradient", output)],
                tolerance: Tolerance(relative: 3e-7, reason: "multiplying by 1/(H·W) or dividing by H·W"),
                work: .moving(floats: shape.count)
            ) { backend, arguments in
                [
                    "inputGradient": try backend.globalAveragePoolingGradient(
                        arguments["outputGradient"], inputShape: shape, inputType: type)
                ]
            },
        ]
    }

    /// Windows over images, written as `n2 h8 w8 c5 window3 s2 p1`.
    private struct Problem {
        let input: Shape
        let window, s, p: Int

        var output: Shape {
            [input[0], (input[1] + 2 * p - window) / s + 1, (input[2] + 2 * p - window) / s + 1, input[3]]
        }
        var text: String { "n\(input[0]) h\(input[1]) w\(input[2]) c\(input[3]) window\(window) s\(s) p\(p)" }
    }

    private static func problems(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(input: [1, 1, 1, 1], window: 1, s: 1, p: 0),
                Problem(input: [2, 5, 4, 3], window: 3, s: 2, p: 1),
                Problem(input: [1, 4, 6, 17], window: 2, s: 2, p: 0),
                Problem(input: [1, 4, 4, 20], window: 2, s: 2, p: 0),
            ],
            standard: [
                Problem(input: [2, 9, 7, 33], window: 3, s: 2, p: 1),
                Problem(input: [2, 7, 7, 16], window: 3, s: 1, p: 1),
                Problem(input: [1, 32, 32, 64], window: 3, s: 2, p: 1),
                Problem(input: [3, 8, 8, 5], window: 2, s: 3, p: 1),
            ])
    }

    private static func max(_ problem: Problem, of type: ElementType = .float32) -> [OperationRow] {
        // Few different values: equal maxima occur in most windows, and the first must be taken.
        let fillings: [(String, Filling)] = [("", .uniform(-1...1)), (" ties", .anyOf([-1, 0, 1]))]
        let forward = fillings.map { suffix, filling in
            OperationRow(
                "maxPooling", problem.text + suffix + self.suffix(type),
                [.input("input", problem.input, filling.stored(as: type))], tolerance: .exact
            ) { backend, arguments in
                let (output, indices) = try backend.maxPooling(
                    arguments["input"], window: problem.window, stride: problem.s, padding: problem.p)
                return ["output": output, "indices": indices]
            }
        }
        let backward = OperationRow(
            "maxPoolingGradient", problem.text + suffix(type),
            [
                .input("outputGradient", problem.output, .uniform(-1...1).stored(as: type)),
                .input("indices", problem.output, indices(problem)),
            ],
            tolerance: Tolerance(relative: 3e-7, reason: "few gradients are added, in a prescribed order")
        ) { backend, arguments in
            [
                "inputGradient": try backend.maxPoolingGradient(
                    arguments["outputGradient"], indices: arguments["indices"], inputShape: problem.input,
                    window: problem.window, stride: problem.s, padding: problem.p)
            ]
        }
        return forward + [backward]
    }

    /// A pixel of each window, as `h·W + w`.
    private static func indices(_ problem: Problem) -> Filling {
        Filling { shape, generator, _ in
            var values: [Int32] = []
            for _ in 0..<shape[0] {
                for row in 0..<shape[1] {
                    for column in 0..<shape[2] {
                        for _ in 0..<shape[3] {
                            let h = pixel(row, extent: problem.input[1], problem, &generator)
                            let w = pixel(column, extent: problem.input[2], problem, &generator)
                            values.append(Int32(h * problem.input[2] + w))
                        }
                    }
                }
            }
            return try HostTensor(values, shape: shape)
        }
    }

    /// A row or column inside the image and inside window `index`.
    private static func pixel(
        _ index: Int, extent: Int, _ problem: Problem, _ generator: inout PhiloxGenerator
    ) -> Int {
        let first = Swift.max(0, index * problem.s - problem.p)
        let end = Swift.min(extent, index * problem.s - problem.p + problem.window)
        return first + generator.integer(below: end - first)
    }

    static let gradients =
        [
            GradientRow(
                "globalAveragePooling", "n2 h3 w4 c5", [.input("input", [2, 3, 4, 5])], differentiated: ["input"]
            ) { backend, arguments in
                try backend.globalAveragePooling(arguments["input"])
            } backward: { backend, arguments, outputGradient in
                ["input": try backend.globalAveragePoolingGradient(outputGradient, inputShape: [2, 3, 4, 5])]
            }
        ]
        + [
            Problem(input: [1, 5, 4, 3], window: 3, s: 2, p: 1), Problem(input: [2, 4, 4, 2], window: 2, s: 2, p: 0),
        ].map { problem in
            GradientRow(
                "maxPooling", problem.text, [.input("input", problem.input, .distinct(spacing: 0.3))],
                differentiated: ["input"]
            ) { backend, arguments in
                try backend.maxPooling(
                    arguments["input"], window: problem.window, stride: problem.s, padding: problem.p
                ).output
            } backward: { backend, arguments, outputGradient in
                let indices = try backend.maxPooling(
                    arguments["input"], window: problem.window, stride: problem.s, padding: problem.p
                ).indices
                return [
                    "input": try backend.maxPoolingGradient(
                        outputGradient, indices: indices, inputShape: problem.input, window: problem.window,
                        stride: problem.s, padding: problem.p)
                ]
            }
        }

    static let refusals = [
        RefusalRow("globalAveragePooling", "an input that is no batch of images") { backend in
            _ = try backend.globalAveragePooling(try backend.tensor(repeating: 1, [4, 4]))
        },
        RefusalRow("globalAveragePoolingGradient", "an output gradient of the wrong shape") { backend in
            _ = try backend.globalAveragePoolingGradient(
                try backend.tensor(repeating: 1, [2, 3]), inputShape: [2, 4, 4, 5])
        },
        RefusalRow("maxPooling", "window 0") { backend in
            _ = try backend.maxPooling(
                try backend.tensor(repeating: 1, [1, 4, 4, 1]), window: 0, stride: 1, padding: 0)
        },
        RefusalRow("maxPooling", "a window wholly in the padding") { backend in
            _ = try backend.maxPooling(
                try backend.tensor(repeating: 1, [1, 4, 4, 1]), window: 2, stride: 1, padding: 2)
        },
        RefusalRow("maxPooling", "an input of integers") { backend in
            _ = try backend.maxPooling(
                try backend.makeTensor([1, 4, 4, 1], .int32), window: 2, stride: 2, padding: 0)
        },
        RefusalRow("maxPoolingGradient", "indices that are not int32") { backend in
            let gradient = try backend.tensor(repeating: 1, [1, 2, 2, 1])
            _ = try backend.maxPoolingGradient(
                gradient, indices: gradient, inputShape: [1, 4, 4, 1], window: 2, stride: 2, padding: 0)
        },
        RefusalRow("maxPoolingGradient", "an output gradient of the wrong shape") { backend in
            _ = try backend.maxPoolingGradient(
                try backend.tensor(repeating: 1, [1, 3, 2, 1]),
                indices: try backend.tensor([Int32](repeating: 0, count: 6), [1, 3, 2, 1]),
                inputShape: [1, 4, 4, 1], window: 2, stride: 2, padding: 0)
        },
    ]
}
