import Tensors

/// Rows of sums and of the position of the largest element.
enum ReductionRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let shapes: [Shape] = suite.choose(
            small: [[1, 1], [3, 7], [64, 3], [2, 72], [2, 3, 3, 16]],
            standard: [
                [0, 5], [33, 100], [64, 10], [1000, 3], [5, 1], [1, 129], [4, 9, 9, 33], [100, 333], [10_011, 3],
            ], bench: [[64, 32, 32, 32]])
        return shapes.flatMap { sums($0) + ($0.rank == 2 ? argmax($0) : []) }
            + suite.choose(small: [[2, 3, 3, 16]], standard: [[4, 9, 9, 33]]).map { columnSums($0, of: .float16) }
    }

    private static let tolerance = Tolerance(relative: 2e-6, reason: "the same terms added in another order")

    private static func sums(_ shape: Shape) -> [OperationRow] {
        [
            columnSums(shape, of: .float32),
            OperationRow(
                "rowSums", "\(shape)", [.input("input", shape)], tolerance: tolerance,
                work: .moving(floats: shape.count)
            ) { backend, arguments in
                ["sums": try backend.rowSums(arguments["input"])]
            },
            // Positive terms, so that the sum is not small against its terms.
            OperationRow(
                "sum", "\(shape)", [.input("input", shape, .uniform(0...1))], tolerance: tolerance,
                work: .moving(floats: shape.count)
            ) { backend, arguments in
                ["sum": try backend.sum(arguments["input"], scale: 0.5)]
            },
        ]
    }

    private static func columnSums(_ shape: Shape, of type: ElementType) -> OperationRow {
        OperationRow(
            "columnSums", "\(shape)" + (type == .float16 ? " half" : ""),
            [.input("input", shape, .uniform(-1...1).stored(as: type)), .destination("sums", [shape.columns])],
            tolerance: tolerance, work: .moving(floats: shape.count)
        ) { backend, arguments in
            try backend.columnSums(arguments["input"], into: arguments["sums"])
            return [:]
        }
    }

    private static func argmax(_ shape: Shape) -> [OperationRow] {
        let fillings: [(String, Filling)] = [
            ("", .uniform(-1...1)), (" ties", .anyOf([-1, 0, 1])), (" infinite", .anyOf([-.infinity, -1, 2])),
        ]
        return fillings.map { suffix, filling in
            OperationRow("argmaxRows", "\(shape)\(suffix)", [.input("input", shape, filling)], tolerance: .exact) {
                backend, arguments in
                let (indices, values) = try backend.argmaxRows(arguments["input"])
                return ["indices": indices, "values": values]
            }
        }
    }

    static let refusals = [
        RefusalRow("columnSums", "a destination of the wrong length") { backend in
            try backend.columnSums(
                try backend.tensor(repeating: 1, [2, 3]), into: try backend.makeTensor([2], .float32))
        },
        RefusalRow("columnSums", "a destination of another backend", expected: .foreignTensor) { backend in
            try backend.columnSums(try backend.tensor(repeating: 1, [2, 3]), into: ForeignStorage.tensor([3]))
        },
        RefusalRow("rowSums", "integers") { backend in
            _ = try backend.rowSums(try backend.makeTensor([2, 3], .int32))
        },
        RefusalRow("sum", "integers") { backend in
            _ = try backend.sum(try backend.makeTensor([2, 3], .int32), scale: 1)
        },
        RefusalRow("argmaxRows", "an input that is no matrix") { backend in
            _ = try backend.argmaxRows(try backend.tensor(repeating: 1, [2, 3, 4]))
        },
    ]
}
