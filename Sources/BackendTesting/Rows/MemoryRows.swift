import Tensors

/// Rows of copying and filling, and mistakes with tensors as such.
enum MemoryRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        suite.choose(small: [1, 17, 300], standard: [0, 4097]).flatMap { count -> [OperationRow] in
            [
                ("", Filling.uniform(-1...1)), (" int32", .integers(-1_000_000...1_000_000)), (" uint8", .bytes),
                (" float16", .uniform(-1...1).stored(as: .float16)),
            ].flatMap {
                moving("n\(count)\($0)", count, $1)
            } + [
                OperationRow("fill", "n\(count)", [.destination("tensor", [count])], tolerance: .exact) {
                    backend, arguments in
                    try backend.fill(arguments["tensor"], with: 0.7)
                    return [:]
                },
                OperationRow(
                    "fill", "n\(count) float16",
                    [.updated("tensor", [count], .uniform(-1...1).stored(as: .float16))], tolerance: .exact
                ) { backend, arguments in
                    try backend.fill(arguments["tensor"], with: 0.7)
                    return [:]
                },
                OperationRow(
                    "fill", "n\(count) int32", [.updated("tensor", [count], .integers(0...9))], tolerance: .exact
                ) { backend, arguments in
                    try backend.fill(arguments["tensor"], with: -3)
                    return [:]
                },
            ]
        }
    }

    private static func moving(_ text: String, _ count: Int, _ filling: Filling) -> [OperationRow] {
        [
            OperationRow(
                "copy", text, [.input("source", [count], filling), .updated("destination", [count], filling)],
                tolerance: .exact
            ) { backend, arguments in
                try backend.copy(arguments["source"], into: arguments["destination"])
                return [:]
            },
            OperationRow("write", text, [.updated("destination", [count], filling)], tolerance: .exact) {
                backend, arguments in
                let destination = try arguments["destination"]
                let bytes = (0..<destination.byteCount).map { UInt8(truncatingIfNeeded: 7 * $0) }
                // These bytes are no NaN in any of the types.
                try bytes.map { $0 & 0x3F }.withUnsafeBytes { try backend.write($0, into: destination) }
                return [:]
            },
        ]
    }

    static let refusals = [
        RefusalRow("write", "too few bytes") { backend in
            let tensor = try backend.makeTensor([4], .float32)
            try [UInt8](repeating: 0, count: 15).withUnsafeBytes { try backend.write($0, into: tensor) }
        },
        RefusalRow("read", "too many bytes") { backend in
            let tensor = try backend.tensor(repeating: 1, [4])
            var bytes = [UInt8](repeating: 0, count: 17)
            try bytes.withUnsafeMutableBytes { try backend.read(tensor, into: $0) }
        },
        RefusalRow("copy", "counts differ") { backend in
            try backend.copy(try backend.tensor(repeating: 1, [4]), into: try backend.makeTensor([5], .float32))
        },
        RefusalRow("copy", "element types differ") { backend in
            try backend.copy(try backend.tensor(repeating: 1, [4]), into: try backend.makeTensor([4], .int32))
        },
        RefusalRow("copy", "a tensor of another backend", expected: .foreignTensor) { backend in
            try backend.copy(ForeignStorage.tensor([4]), into: try backend.makeTensor([4], .float32))
        },
        RefusalRow("fill", "a tensor of another backend", expected: .foreignTensor) { backend in
            try backend.fill(ForeignStorage.tensor([4]), with: 0)
        },
        RefusalRow("read", "a tensor of another backend", expected: .foreignTensor) { backend in
            _ = try backend.read(ForeignStorage.tensor([4]))
        },
    ]
}
