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
        let smallerViews = suite.choose(
            small: [(Size(height: 7, width: 6, channels: 3), SmallerView(height: 4, width: 5))],
            standard: [
                (Size(height: 32, width: 33, channels: 1), SmallerView(height: 28, width: 28)),
                // Too large for local memory.
                (Size(height: 97, width: 75, channels: 3), SmallerView(height: 64, width: 64)),
            ]
        ).flatMap { size, view in
            Self.cuts.map { name, write in row(name, size, view, views: 4) { write(&$0, $1) } }
        }
        let benches = suite.choose(small: [], standard: [], bench: [Size(height: 32, width: 32, channels: 3)])
        return rows + smallerViews + [row("none", Size(height: 3, width: 4, channels: 3), views: 0) { _, _ in }]
            + benches.flatMap { size in
                Self.instructions.map { name, write in row(name, size, views: 128) { programs, _ in write(&programs) } }
            }
    }

    private struct Size {
        let height, width, channels: Int
    }

    private typealias SmallerView = ImagePrograms.Size

    private static let imageCount = 5

    /// Each of the views is made of another image by what `write` adds to its program.
    private static func row(
        _ name: String, _ size: Size, _ viewSize: ImagePrograms.Size? = nil, views: Int,
        write: @escaping @Sendable (inout ImagePrograms, _ view: Int) -> Void
    ) -> OperationRow {
        OperationRow(
            "imageViews",
            "\(name) v\(views) h\(size.height) w\(size.width) c\(size.channels)"
                + (viewSize.map { " cut h\($0.height) w\($0.width)" } ?? ""),
            [
                .input("images", [imageCount, size.height, size.width, size.channels], .bytes),
                .input("values", [size.channels, 256], .uniform(-2...2)),
            ], tolerance: .exact,
            work: Work(
                floatingPointOperations: 0, bytes: 5 * views * size.height * size.width * size.channels)
        ) { backend, arguments in
            var programs = try ImagePrograms(
                height: size.height, width: size.width, channels: size.channels, viewSize: viewSize)
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

    /// Views that are smaller than the images: the centre, and windows and crops among other instructions, so that each works
    /// on images of both sizes.
    private static let cuts: [(name: String, write: @Sendable (inout ImagePrograms, _ view: Int) -> Void)] = [
        ("centre", { _, _ in }),
        ("centreOfAll", { mix(&$0, $1 + 5) }),
        (
            "window",
            { programs, view in
                mix(&programs, 3 * view)
                let (size, viewSize) = (programs.size, programs.viewSize)
                // Interpolation has cut out the view before.
                if size != viewSize {
                    programs.window(
                        row: view % (size.height - viewSize.height + 1),
                        column: view % (size.width - viewSize.width + 1))
                }
                programs.gather(rows: Array(0..<programs.height), columns: (0..<programs.width).reversed())
                mix(&programs, view + 4)
            }
        ),
    ]

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
                let viewSize = $0.viewSize
                func samples(_ count: Int) -> [ImagePrograms.Sample] {
                    (0..<count).map { index in
                        ImagePrograms.Sample(
                            first: index / 2, second: index / 2 + 1, part: Float(index) / Float(count))
                    }
                }
                $0.interpolate(rows: samples(viewSize.height), columns: samples(viewSize.width))
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
        ("hue", { $0.turnHue(by: 25) }),
        (
            "hueOfFew",
            {
                $0.map { $0 / 16 * 17 }
                $0.turnHue(by: 240)
            }
        ),
        (
            "blur",
            {
                let radius = min(3, $0.height - 1, $0.width - 1)
                let weights = [9_000, 7_000, 5_001].prefix(radius)
                $0.blur(weights: [(1 << 16) - 2 * weights.reduce(0, +)] + weights)
            }
        ),
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
        RefusalRow("imageViews", "views larger than the images") { _ in
            _ = try ImagePrograms(height: 4, width: 4, channels: 3, viewSize: SmallerView(height: 5, width: 4))
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
