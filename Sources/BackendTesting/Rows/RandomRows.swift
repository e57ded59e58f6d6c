import Tensors

/// Rows of the random numbers.
enum RandomRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        suite.choose(small: [1, 7, 64], standard: [4099], bench: [1_000_000]).flatMap { count -> [OperationRow] in
            let stream = RandomStream(seed: 0x0123_4567_89AB_CDEF, purpose: .testing, step: 3, sample: 5)
            return [
                OperationRow("randomUniform", "n\(count)", [], tolerance: .exact, work: .moving(floats: count)) {
                    backend, _ in
                    ["output": try backend.randomUniform([count], stream: stream)]
                },
                OperationRow(
                    "randomNormal", "n\(count)", [],
                    tolerance: Tolerance(relative: 5e-6, reason: "rounding of log and cos"),
                    work: .moving(floats: count)
                ) { backend, _ in
                    ["output": try backend.randomNormal([count], stream: stream)]
                },
                OperationRow("randomPermutation", "n\(count)", [], tolerance: .exact) { backend, _ in
                    ["output": try backend.randomPermutation(count, stream: stream)]
                },
            ]
        }
    }
}
