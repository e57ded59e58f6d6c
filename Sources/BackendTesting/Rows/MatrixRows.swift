import Tensors

/// Rows of the matrix product and of the linear layer.
enum MatrixRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        gemmProblems(suite).map(gemm) + linearProblems(suite).flatMap(linear)
    }

    private static let tolerance = Tolerance(relative: 2e-6, reason: "sums over k in another order")

    /// One product, written as `m5 n7 k3 nt`: `t` marks a transposed operand.
    private struct Gemm {
        let m, n, k: Int
        var transposeA = false
        var transposeB = false
        var alpha: Float = 1
        var beta: Float = 0

        var text: String {
            "m\(m) n\(n) k\(k) \(transposeA ? "t" : "n")\(transposeB ? "t" : "n")"
                + (alpha == 1 ? "" : " alpha\(alpha)") + (beta == 0 ? "" : " beta\(beta)")
        }
        var a: Shape { transposeA ? [k, m] : [m, k] }
        var b: Shape { transposeB ? [n, k] : [k, n] }
        var work: Work { Work(floatingPointOperations: 2 * m * n * k, bytes: 4 * (m * k + k * n + m * n)) }

        /// The four combinations of transposed operands.
        static func all(m: Int, n: Int, k: Int) -> [Gemm] {
            [(false, false), (false, true), (true, false), (true, true)].map {
                Gemm(m: m, n: n, k: k, transposeA: $0, transposeB: $1)
            }
        }
    }

    private static func gemmProblems(_ suite: Suite) -> [Gemm] {
        suite.choose(
            small: Gemm.all(m: 1, n: 1, k: 1) + Gemm.all(m: 5, n: 7, k: 3) + [
                Gemm(m: 16, n: 5, k: 3), Gemm(m: 5, n: 7, k: 40),
                Gemm(m: 3, n: 17, k: 16, alpha: -0.5, beta: 1), Gemm(m: 8, n: 8, k: 8, transposeB: true, beta: 0.25),
            ],
            standard: Gemm.all(m: 0, n: 3, k: 2) + Gemm.all(m: 2, n: 3, k: 0) + Gemm.all(m: 17, n: 33, k: 19)
                + Gemm.all(m: 64, n: 10, k: 128) + [
                    Gemm(m: 2, n: 3, k: 0, beta: 0.5), Gemm(m: 1, n: 100, k: 64, transposeB: true),
                    Gemm(m: 100, n: 1, k: 33),
                    Gemm(m: 65, n: 63, k: 130, alpha: 2, beta: -1),
                    Gemm(m: 10, n: 128, k: 64, transposeA: true, beta: 1),
                    Gemm(m: 48, n: 48, k: 300, alpha: 0.5),
                ],
            bench: [
                Gemm(m: 64, n: 10, k: 128, transposeB: true), Gemm(m: 512, n: 512, k: 512),
                Gemm(m: 128, n: 4096, k: 1152), Gemm(m: 320, n: 100, k: 128, transposeB: true),
            ])
    }

    /// The row of any product, with factors 1 and 0.
    static func row(on problem: GemmProblem) -> OperationRow {
        gemm(
            Gemm(
                m: problem.m, n: problem.n, k: problem.k, transposeA: problem.transposeA,
                transposeB: problem.transposeB))
    }

    private static func gemm(_ problem: Gemm) -> OperationRow {
        let c: Shape = [problem.m, problem.n]
        return OperationRow(
            "gemm", problem.text,
            [
                .input("a", problem.a), .input("b", problem.b),
                problem.beta == 0 ? .destination("c", c) : .updated("c", c),
            ],
            tolerance: tolerance, work: problem.work
        ) { backend, arguments in
            try backend.gemm(
                alpha: problem.alpha, arguments["a"], transposeA: problem.transposeA, arguments["b"],
                transposeB: problem.transposeB, beta: problem.beta, into: arguments["c"])
            return [:]
        }
    }

    /// A linear layer on `n` rows, written as `n4 in16 out10`.
    private struct Linear {
        let n, inputs, outputs: Int

        var text: String { "n\(n) in\(inputs) out\(outputs)" }
        var input: Argument { .input("input", [n, inputs]) }
        var weight: Argument { .input("weight", [outputs, inputs]) }
        var outputGradient: Argument { .input("outputGradient", [n, outputs]) }
        var work: Work {
            Work(
                floatingPointOperations: 2 * n * inputs * outputs,
                bytes: 4 * (n * inputs + inputs * outputs + n * outputs))
        }
    }

    private static func linearProblems(_ suite: Suite) -> [Linear] {
        suite.choose(
            small: [
                Linear(n: 1, inputs: 1, outputs: 1), Linear(n: 3, inputs: 17, outputs: 5),
                Linear(n: 16, inputs: 5, outputs: 5),
            ],
            standard: [
                Linear(n: 64, inputs: 128, outputs: 10), Linear(n: 7, inputs: 33, outputs: 100),
                Linear(n: 1, inputs: 64, outputs: 10),
            ],
            bench: [Linear(n: 320, inputs: 128, outputs: 10)])
    }

    private static func linear(_ problem: Linear) -> [OperationRow] {
        [
            OperationRow(
                "linear", problem.text, [problem.input, problem.weight, .input("bias", [problem.outputs])],
                tolerance: tolerance, work: problem.work
            ) { backend, arguments in
                [
                    "output": try backend.linear(
                        arguments["input"], weight: arguments["weight"], bias: arguments["bias"])
                ]
            },
            OperationRow(
                "linearInputGradient", problem.text, [problem.outputGradient, problem.weight], tolerance: tolerance,
                work: problem.work
            ) { backend, arguments in
                [
                    "inputGradient": try backend.linearInputGradient(
                        arguments["outputGradient"], weight: arguments["weight"])
                ]
            },
            OperationRow(
                "linearParameterGradient", problem.text,
                [
                    problem.outputGradient, problem.input,
                    .destination("weightGradient", [problem.outputs, problem.inputs]),
                    .destination("biasGradient", [problem.outputs]),
                ],
                tolerance: tolerance, work: problem.work
            ) { backend, arguments in
                try backend.linearParameterGradient(
                    arguments["outputGradient"], input: arguments["input"], intoWeight: arguments["weightGradient"],
                    intoBias: arguments["biasGradient"])
                return [:]
            },
        ]
    }

    static let gradients = [
        GradientRow(
            "linear", "n3 in5 out4",
            [.input("input", [3, 5]), .input("weight", [4, 5]), .input("bias", [4])],
            differentiated: ["input", "weight", "bias"]
        ) { backend, arguments in
            try backend.linear(arguments["input"], weight: arguments["weight"], bias: arguments["bias"])
        } backward: { backend, arguments, outputGradient in
            let weightGradient = try backend.makeTensor([4, 5], .float32)
            let biasGradient = try backend.makeTensor([4], .float32)
            try backend.linearParameterGradient(
                outputGradient, input: arguments["input"], intoWeight: weightGradient, intoBias: biasGradient)
            return [
                "input": try backend.linearInputGradient(outputGradient, weight: arguments["weight"]),
                "weight": weightGradient, "bias": biasGradient,
            ]
        }
    ]

    static let refusals = [
        gemmRefusal("inner extents that differ", a: [2, 3], b: [4, 5], c: [2, 5]),
        gemmRefusal("a result of the wrong shape", a: [2, 3], b: [3, 5], c: [5, 2]),
        gemmRefusal("a vector", a: [3], b: [3, 5], c: [1, 5]),
        RefusalRow("gemm", "a matrix of integers") { backend in
            try backend.gemm(
                alpha: 1, try backend.makeTensor([2, 2], .int32), transposeA: false,
                try backend.tensor(repeating: 1, [2, 2]), transposeB: false, beta: 0,
                into: try backend.makeTensor([2, 2], .float32))
        },
        RefusalRow("gemm", "a matrix of another backend", expected: .foreignTensor) { backend in
            try backend.gemm(
                alpha: 1, ForeignStorage.tensor([2, 2]), transposeA: false, try backend.tensor(repeating: 1, [2, 2]),
                transposeB: false, beta: 0, into: try backend.makeTensor([2, 2], .float32))
        },
        RefusalRow("linear", "a bias of the wrong length") { backend in
            _ = try backend.linear(
                try backend.tensor(repeating: 1, [2, 3]), weight: try backend.tensor(repeating: 1, [4, 3]),
                bias: try backend.tensor(repeating: 1, [3]))
        },
    ]

    private static func gemmRefusal(_ mistake: String, a: Shape, b: Shape, c: Shape) -> RefusalRow {
        RefusalRow("gemm", mistake) { backend in
            try backend.gemm(
                alpha: 1, try backend.tensor(repeating: 1, a), transposeA: false, try backend.tensor(repeating: 1, b),
                transposeB: false, beta: 0, into: try backend.makeTensor(c, .float32))
        }
    }
}
