import Tensors

/// Rows of the views that are made of images.
enum AugmentationRows {
    static func rows(_ suite: Suite) -> [OperationRow] {
        let sizes: [Size] = suite.choose(
            small: [Size(height: 4, width: 4, channels: 1), Size(height: 5, width: 7, channels: 3)],
            standard: [
                Size(height: 1, width: 1, channels: 3), Size(height: 2, width: 9, channels: 1),
                Size(height: 28, width: 28, channels: 1), Size(height: 32, width: 32, channels: 3),
                // Too large for local memory.
                Size(height: 97, width: 75, channels: 3),
            ])
        let rows = sizes.flatMap { size in
            Self.instructions.map { name, write in row(name, size, views: 3) { programs, _ in write(&programs) } }
                + [row("mixed", size, views: 16, write: mix)]
        }
        let benches = suite.choose(small: [], standard: [], bench: [Size(height: 32, width: 32, channels: 3)])
        return rows + [row("none", Size(height: 3, width: 4, channels: 3), views: 0) { _, _ in }]
            + benches.flatMap { size in
                Self.instructions.map { name, write in row(name, size, views: 128) { programs, _ in write(&programs) } }
            }
    }

    private struct Size {
        let height, width, channels: Int
    }

    private static let imageCount = 5

    /// Each of the views is made of another image by what `write` adds to its program.
    private static func row(
        _ name: String, _ size: Size, views: Int,
        write: @escaping @Sendable (inout ImagePrograms, _ view: Int) -> Void
    ) -> OperationRow {
        OperationRow(
            "imageViews", "\(name) v\(views) h\(size.height) w\(size.width) c\(size.channels)",
            [
                .input("images", [imageCount, size.height, size.width, size.channels], .bytes),
                .input("values", [size.channels, 256], .uniform(-2...2)),
            ], tolerance: .exact,
            work: Work(
                floatingPointOperations: 0, bytes: 5 * views * size.height * size.width * size.channels)
        ) { backend, arguments in
            var programs = try ImagePrograms(height: size.height, width: size.width, channels: size.channels)
            for view in 0..<views {
                programs.begin(source: 3 * view % imageCount)
                write(&programs, view)
            }
            return [
                "views": try backend.imageViews(
                    of: arguments["images"], programs: programs, values: arguments["values"])
            ]
        }
    }

    /// Some of each instruction one after another, other ones in each view.
    private static func mix(_ programs: inout ImagePrograms, _ view: Int) {
        for index in 0..<view { instructions[(5 * view + 3 * index) % instructions.count].write(&programs) }
    }

    private static let instructions: [(name: String, write: @Sendable (inout ImagePrograms) -> Void)] = [
        ("asItIs", { _ in }),
        (
            "gather",
            {
                let (height, width) = ($0.height, $0.width)
                $0.gather(rows: (0..<height).map { ($0 + 2) % height }, columns: (0..<width).map { width - $0 })
            }
        ),
        (
            "gatherTwice",
            {
                let (height, width) = ($0.height, $0.width)
                $0.gather(rows: (0..<height).map { $0 + 1 }, columns: (0..<width).reversed())
                $0.gather(rows: (0..<height).reversed(), columns: (0..<width).map { $0 - 2 })
            }
        ),
        (
            "interpolate",
            {
                func samples(_ count: Int) -> [ImagePrograms.Sample] {
                    (0..<count).map { index in
                        ImagePrograms.Sample(
                            first: index / 2, second: index / 2 + 1, part: Float(index) / Float(count))
                    }
                }
                $0.interpolate(rows: samples($0.height), columns: samples($0.width))
            }
        ),
        (
            "affine",
            {
                $0.transform(
                    by: ImagePrograms.AffineMap(
                        x: 90_000, xPerRow: -9_876, xPerColumn: 61_234, y: -70_000, yPerRow: 65_432, yPerColumn: 23_456)
                )
            }
        ),
        (
            "affineFarOutside",
            {
                $0.transform(
                    by: ImagePrograms.AffineMap(
                        x: .max, xPerRow: .min, xPerColumn: .max, y: .min, yPerRow: .max, yPerColumn: 1))
            }
        ),
        ("table", { $0.map { $0 &* 77 } }),
        ("autoContrast", { $0.autoContrast() }),
        (
            "autoContrastOfFew",
            {
                $0.map { 40 + $0 / 2 }
                $0.autoContrast()
            }
        ),
        ("equalize", { $0.equalize() }),
        (
            "equalizeOfFew",
            {
                $0.map { $0 / 16 }
                $0.equalize()
            }
        ),
        ("color", { $0.blendWithGrey(0.43) }),
        ("contrast", { $0.blendWithMean(1.7) }),
        ("sharpness", { $0.blendWithSmoothed(1.85) }),
        (
            "fill",
            { $0.fill(rows: -3..<2, columns: 1..<900, with: Array([200, 100, 50].prefix($0.channels))) }
        ),
    ]

    static let refusals = [
        refusal("images of floats") { backend, programs in
            _ = try backend.imageViews(
                of: backend.tensor(repeating: 0, [2, 4, 4, 3]), programs: programs,
                values: backend.tensor(repeating: 0, [3, 256]))
        },
        refusal("images of another size") { backend, programs in
            _ = try backend.imageViews(
                of: backend.makeTensor([2, 4, 5, 3], .uint8), programs: programs,
                values: backend.tensor(repeating: 0, [3, 256]))
        },
        refusal("values for other channels") { backend, programs in
            _ = try backend.imageViews(
                of: backend.makeTensor([2, 4, 4, 3], .uint8), programs: programs,
                values: backend.tensor(repeating: 0, [1, 256]))
        },
        refusal("an image that is not there") { backend, programs in
            var programs = programs
            programs.begin(source: 2)
            _ = try backend.imageViews(
                of: backend.makeTensor([2, 4, 4, 3], .uint8), programs: programs,
                values: backend.tensor(repeating: 0, [3, 256]))
        },
        RefusalRow("imageViews", "images of two channels") { _ in
            _ = try ImagePrograms(height: 4, width: 4, channels: 2)
        },
        RefusalRow("imageViews", "images of another backend", expected: .foreignTensor) { backend in
            var programs = try ImagePrograms(height: 4, width: 4, channels: 3)
            programs.begin(source: 1)
            _ = try backend.imageViews(
                of: ForeignStorage.tensor([2, 4, 4, 3], .uint8), programs: programs,
                values: backend.tensor(repeating: 0, [3, 256]))
        },
    ]

    private static func refusal(
        _ problem: String, attempt: @escaping @Sendable (any Backend, ImagePrograms) throws -> Void
    ) -> RefusalRow {
        RefusalRow("imageViews", problem) { backend in
            var programs = try ImagePrograms(height: 4, width: 4, channels: 3)
            programs.begin(source: 1)
            try attempt(backend, programs)
        }
    }
}
