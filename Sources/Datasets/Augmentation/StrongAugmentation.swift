import Tensors

/// The strong view: the shifts of a weak view, random operations, and a square that is filled.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3, in the forms of three official code bases.
enum StrongAugmentation: Hashable, Sendable {
    /// Shifts, operations, then a square of half the image's width, 16 pixels at 32×32, in grey.
    case daso
    /// Shifts, operations, then a square of up to half the image's width.
    case usb
    /// Operations, shifts, then a square of half the image's width in the mean colour, here rounded to whole bytes; no square
    /// where views are smaller than images, as in BMB's code for ImageNet.
    case bmb(mean: [UInt8])

    /// Draws a strong view and adds it to the newest program.
    func append(
        to programs: inout ImagePrograms, after weak: WeakAugmentation, drawingFrom generator: inout PhiloxGenerator
    ) {
        let (height, width) = (Double(programs.viewSize.height), Double(programs.viewSize.width))
        switch self {
        case .daso:
            weak.append(to: &programs, drawingFrom: &generator)
            programs.appendOperations(of: .daso, drawingFrom: &generator)
            programs.cutOut(
                x: Double(generator.uniform()) * width, y: Double(generator.uniform()) * height,
                side: (0.5 * width).rounded(.down), color: [127, 127, 127])
        case .usb:
            weak.append(to: &programs, drawingFrom: &generator)
            programs.appendOperations(of: .usb, drawingFrom: &generator)
            let side = 0.5 * Double(generator.uniform()) * width
            programs.cutOut(
                x: Double(generator.uniform()) * width, y: Double(generator.uniform()) * height, side: side,
                color: ImagePrograms.cutoutColor)
        case .bmb(let mean):
            programs.appendOperations(of: .bmb, drawingFrom: &generator)
            let half = programs.viewSize.width / 4
            let row = generator.integer(below: programs.viewSize.height)
            let column = generator.integer(below: programs.viewSize.width)
            weak.append(to: &programs, drawingFrom: &generator)
            guard programs.viewSize == programs.sourceSize else { return }
            programs.fill(
                rows: row - half..<row + half, columns: column - half..<column + half, with: programs.pixel(mean))
        }
    }
}

extension ImagePrograms {
    /// Adds the operations that are drawn.
    fileprivate mutating func appendOperations(of form: RandAugment, drawingFrom generator: inout PhiloxGenerator) {
        for operation in form.draw(forImageOf: (height, width), from: &generator) { operation.append(to: &self) }
    }
}
