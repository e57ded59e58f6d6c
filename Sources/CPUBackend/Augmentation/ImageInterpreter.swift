import Tensors

/// Carries out the instructions of ``ImagePrograms`` on one image after another.
struct ImageInterpreter {
    typealias Pixels = UnsafePointer<UInt8>
    typealias Words = UnsafePointer<Int32>

    let height: Int
    let width: Int
    let channels: Int
    /// Two images: what moves pixels reads one and writes the other.
    private let workspace: UnsafeMutablePointer<UInt8>
    /// The image as it is now: the source, or one of the two.
    private(set) var current: Pixels

    /// Bytes of an image.
    var length: Int { height * width * channels }

    /// Lends an interpreter, whose memory is its own, while `body` runs.
    static func withWorkspace(for programs: ImagePrograms, _ body: (inout ImageInterpreter) -> Void) {
        let length = programs.height * programs.width * programs.channels
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * length) { bytes in
            guard let workspace = bytes.baseAddress else { return }
            var interpreter = ImageInterpreter(
                height: programs.height, width: programs.width, channels: programs.channels, workspace: workspace,
                current: Pixels(workspace))
            body(&interpreter)
        }
    }

    /// The image that a program makes of `source`. It is there until the next run.
    mutating func run(_ program: Words, on source: Pixels) -> Pixels {
        current = source
        var place = program
        while let instruction = ImageInstruction(rawValue: place[0]), instruction != .end {
            let operands = place + 1
            switch instruction {
            case .end: break
            case .gather: gather(rows: operands, columns: operands + height)
            case .interpolate: interpolate(rows: operands, columns: operands + 3 * height)
            case .affine: transform(operands)
            case .table: operands.withMemoryRebound(to: UInt8.self, capacity: 256) { apply($0) }
            case .autoContrast: autoContrast()
            case .equalize: equalize()
            case .color: blendWithGrey(Self.number(operands[0]))
            case .contrast: blendWithMean(Self.number(operands[0]))
            case .sharpness: blendWithSmoothed(Self.number(operands[0]))
            case .fill: fill(operands)
            }
            place = operands + operandCount(of: instruction)
        }
        return current
    }

    /// The words that follow an instruction.
    private func operandCount(of instruction: ImageInstruction) -> Int {
        switch instruction {
        case .end, .autoContrast, .equalize: 0
        case .gather: height + width
        case .interpolate: 3 * (height + width)
        case .affine: 6
        case .table: 64
        case .color, .contrast, .sharpness: 1
        case .fill: 5
        }
    }

    static func number(_ word: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: word)) }

    /// For what reads pixels beside the one it writes: the image as it is, and where the next one is to be written.
    mutating func next() -> (pixels: Pixels, result: UnsafeMutablePointer<UInt8>) {
        let pixels = current
        let result = pixels == Pixels(workspace) ? workspace + length : workspace
        current = Pixels(result)
        return (pixels, result)
    }

    /// The image, to be changed where it lies; the source is copied first.
    mutating func changeable() -> UnsafeMutablePointer<UInt8> {
        if current == Pixels(workspace + length) { return workspace + length }
        if current != Pixels(workspace) {
            workspace.update(from: current, count: length)
            current = Pixels(workspace)
        }
        return workspace
    }
}
