import Tensors

/// Rows of operations that pick, place and group the rows of matrices.
enum SelectionRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let problems: [Problem] = suite.choose(
            small: [
                Problem(rows: 1, n: 1, d: 1, classes: 1), Problem(rows: 6, n: 9, d: 5, classes: 4),
                Problem(rows: 16, n: 16, d: 5, classes: 16),
            ],
            standard: [
                Problem(rows: 3, n: 0, d: 2, classes: 4), Problem(rows: 33, n: 17, d: 128, classes: 10),
                Problem(rows: 100, n: 64, d: 33, classes: 100),
                Problem(rows: 3, n: 50, d: 7, classes: 3),
            ],
            bench: [Problem(rows: 2560, n: 128, d: 128, classes: 10)])
        return problems.flatMap { moving($0) + grouping($0) }
    }

    /// A matrix of `rows` × d, n indices into it, and n labels.
    private struct Problem {
        let rows, n, d, classes: Int

        /// Labels outside the classes occur: they are left out.
        var labels: Argument { .input("labels", [n], .integers(-1...classes)) }
    }

    private static let tolerance = Tolerance(relative: 2e-6, reason: "few rows are added, in another order")

    private static func moving(_ problem: Problem) -> [OperationRow] {
        let text = "rows\(problem.rows) n\(problem.n) d\(problem.d)"
        let indices = Argument.input("indices", [problem.n], .integers(0...problem.rows - 1))
        // Indices outside the matrix occur: such a row becomes zeros, or is dropped.
        let wildIndices = Argument.input("indices", [problem.n], .integers(-2...problem.rows + 1))
        let placed = min(problem.n, problem.rows)
        return [
            OperationRow(
                "gatherRows", text, [.input("input", [problem.rows, problem.d]), indices], tolerance: .exact,
                work: .moving(floats: 2 * problem.n * problem.d)
            ) { backend, arguments in
                ["output": try backend.gatherRows(arguments["input"], indices: arguments["indices"])]
            },
            OperationRow(
                "gatherRows", "\(text) wild", [.input("input", [problem.rows, problem.d]), wildIndices],
                tolerance: .exact
            ) { backend, arguments in
                ["output": try backend.gatherRows(arguments["input"], indices: arguments["indices"])]
            },
            OperationRow(
                "gatherRowsGradient", text, [.input("outputGradient", [problem.n, problem.d]), wildIndices],
                tolerance: tolerance
            ) { backend, arguments in
                [
                    "gradient": try backend.gatherRowsGradient(
                        arguments["outputGradient"], indices: arguments["indices"], rowCount: problem.rows)
                ]
            },
            OperationRow(
                "scatterRows", text,
                [
                    .input("input", [placed, problem.d]),
                    .input("indices", [placed], .distinctIntegers(below: problem.rows)),
                    .updated("destination", [problem.rows, problem.d]),
                ], tolerance: .exact
            ) { backend, arguments in
                try backend.scatterRows(
                    arguments["input"], indices: arguments["indices"], into: arguments["destination"])
                return [:]
            },
        ]
    }

    private static func grouping(_ problem: Problem) -> [OperationRow] {
        let text = "n\(problem.n) classes\(problem.classes)"
        return [
            OperationRow(
                "segmentMean", "\(text) d\(problem.d)", [.input("input", [problem.n, problem.d]), problem.labels],
                tolerance: tolerance
            ) { backend, arguments in
                let (mean, count) = try backend.segmentMean(
                    arguments["input"], labels: arguments["labels"], classes: problem.classes)
                return ["mean": mean, "count": count]
            },
            OperationRow("oneHot", text, [problem.labels], tolerance: .exact) { backend, arguments in
                ["output": try backend.oneHot(arguments["labels"], classes: problem.classes)]
            },
            OperationRow("histogram", text, [problem.labels], tolerance: .exact) { backend, arguments in
                ["counts": try backend.histogram(arguments["labels"], classes: problem.classes)]
            },
        ]
    }

    static let gradients = [
        GradientRow(
            "gatherRows", "rows4 n7 d3", [.input("input", [4, 3]), .input("indices", [7], .integers(0...3))],
            differentiated: ["input"]
        ) { backend, arguments in
            try backend.gatherRows(arguments["input"], indices: arguments["indices"])
        } backward: { backend, arguments, outputGradient in
            [
                "input": try backend.gatherRowsGradient(
                    outputGradient, indices: arguments["indices"], rowCount: 4)
            ]
        }
    ]

    static let refusals = [
        RefusalRow("gatherRows", "indices that are not int32") { backend in
            _ = try backend.gatherRows(
                try backend.tensor(repeating: 1, [4, 3]), indices: try backend.tensor(repeating: 1, [2]))
        },
        RefusalRow("gatherRows", "indices that are a matrix") { backend in
            _ = try backend.gatherRows(
                try backend.tensor(repeating: 1, [4, 3]), indices: try backend.tensor([0, 1] as [Int32], [1, 2]))
        },
        RefusalRow("gatherRowsGradient", "fewer indices than rows") { backend in
            _ = try backend.gatherRowsGradient(
                try backend.tensor(repeating: 1, [4, 3]), indices: try backend.tensor([0, 1] as [Int32], [2]),
                rowCount: 5)
        },
        RefusalRow("scatterRows", "a destination of other columns") { backend in
            try backend.scatterRows(
                try backend.tensor(repeating: 1, [2, 3]), indices: try backend.tensor([0, 1] as [Int32], [2]),
                into: try backend.tensor(repeating: 1, [4, 2]))
        },
        RefusalRow("segmentMean", "fewer labels than rows") { backend in
            _ = try backend.segmentMean(
                try backend.tensor(repeating: 1, [4, 3]), labels: try backend.tensor([0, 1] as [Int32], [2]),
                classes: 2)
        },
        RefusalRow("segmentMean", "0 classes") { backend in
            _ = try backend.segmentMean(
                try backend.tensor(repeating: 1, [2, 3]), labels: try backend.tensor([0, 1] as [Int32], [2]),
                classes: 0)
        },
        RefusalRow("oneHot", "labels that are not int32") { backend in
            _ = try backend.oneHot(try backend.tensor(repeating: 1, [2]), classes: 2)
        },
        RefusalRow("histogram", "labels of another backend", expected: .foreignTensor) { backend in
            _ = try backend.histogram(ForeignStorage.tensor([2], .int32), classes: 2)
        },
    ]
}
