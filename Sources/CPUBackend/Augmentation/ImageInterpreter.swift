import Tensors

/// Carries out the instructions of ``ImagePrograms`` on one image after another.
struct ImageInterpreter {
    typealias Pixels = UnsafePointer<UInt8>
    typealias Words = UnsafePointer<Int32>

    /// The size of the image as it is now.
    private(set) var size: ImagePrograms.Size
    private let sourceSize: ImagePrograms.Size
    private let viewSize: ImagePrograms.Size
    let channels: Int
    /// Two images: what moves pixels reads one and writes the other.
    private let workspace: UnsafeMutablePointer<UInt8>
    /// The image as it is now: the source, or one of the two.
    private(set) var current: Pixels

    var height: Int { size.height }
    var width: Int { size.width }
    /// Bytes of the image.
    var length: Int { size.area * channels }

    /// Lends an interpreter, whose memory is its own, while `body` runs.
    static func withWorkspace(for programs: ImagePrograms, _ body: (inout ImageInterpreter) -> Void) {
        let length = programs.sourceSize.area * programs.channels
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * length) { bytes in
            guard let workspace = bytes.baseAddress else { return }
            var interpreter = ImageInterpreter(
                size: programs.sourceSize, sourceSize: programs.sourceSize, viewSize: programs.viewSize,
                channels: programs.channels, workspace: workspace, current: Pixels(workspace))
            body(&interpreter)
        }
    }

    /// The view that a program makes of `source`. It is there until the next run.
    mutating func run(_ program: Words, on source: Pixels) -> Pixels {
        current = source
        size = sourceSize
        var place = program
        while let instruction = ImageInstruction(rawValue: place[0]), instruction != .end {
            let operands = place + 1
            switch instruction {
            case .end: break
            case .gather:
                gather(rows: operands + 2, columns: operands + 2 + Int(operands[0]), into: Self.size(operands))
            case .interpolate:
                interpolate(rows: operands, columns: operands + 3 * viewSize.height, into: viewSize)
            case .affine: transform(operands)
            case .table: operands.withMemoryRebound(to: UInt8.self, capacity: 256) { apply($0) }
            case .autoContrast: autoContrast()
            case .equalize: equalize()
            case .color: blendWithGrey(Self.number(operands[0]))
            case .contrast: blendWithMean(Self.number(operands[0]))
            case .sharpness: blendWithSmoothed(Self.number(operands[0]))
            case .fill: fill(operands)
            case .hue: turnHue(by: Int(operands[0]))
            case .blur: blur(weights: operands + 1, radius: Int(operands[0]))
            }
            place = operands + operandCount(of: instruction, operands)
        }
        if size != viewSize { cutOutCentre() }
        return current
    }

    /// What is left of a source that nothing has been cut out of.
    private mutating func cutOutCentre() {
        let (top, left) = ((height - viewSize.height) / 2, (width - viewSize.width) / 2)
        take(into: viewSize) { ($0 + top, $1 + left) }
    }

    private static func size(_ words: Words) -> ImagePrograms.Size {
        ImagePrograms.Size(height: Int(words[0]), width: Int(words[1]))
    }

    /// The words that follow an instruction, of which the first are `operands`.
    private func operandCount(of instruction: ImageInstruction, _ operands: Words) -> Int {
        switch instruction {
        case .end, .autoContrast, .equalize: 0
        case .gather: 2 + Int(operands[0] + operands[1])
        case .interpolate: 3 * (viewSize.height + viewSize.width)
        case .affine: 6
        case .table: 64
        case .color, .contrast, .sharpness, .hue: 1
        case .fill: 5
        case .blur: 2 + Int(operands[0])
        }
    }

    static func number(_ word: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: word)) }

    /// For what reads pixels beside the one it writes: the image as it is, and where the next one, of a size perhaps of its
    /// own, is to be written.
    mutating func next(_ size: ImagePrograms.Size? = nil) -> (pixels: Pixels, result: UnsafeMutablePointer<UInt8>) {
        let pixels = current
        let result = pixels == Pixels(workspace) ? second : workspace
        current = Pixels(result)
        self.size = size ?? self.size
        return (pixels, result)
    }

    /// The second of the two images.
    private var second: UnsafeMutablePointer<UInt8> { workspace + sourceSize.area * channels }

    /// The image, to be changed where it lies; the source is copied first.
    mutating func changeable() -> UnsafeMutablePointer<UInt8> {
        if current == Pixels(second) { return second }
        if current != Pixels(workspace) {
            workspace.update(from: current, count: length)
            current = Pixels(workspace)
        }
        return workspace
    }
}
