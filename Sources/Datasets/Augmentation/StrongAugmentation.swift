import Tensors

/// The strong view: the shifts of a weak view, random operations, and a square that is filled.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3, in the forms of three official code bases.
enum StrongAugmentation: Hashable, Sendable {
    /// Shifts, operations, then a square of half the image's width, 16 pixels at 32×32, in grey.
    case daso
    /// Shifts, operations, then a square of up to half the image's width.
    case usb
    /// Operations, shifts, then a square of half the image's width in the mean colour, here rounded to whole bytes.
    case bmb(mean: [UInt8])

    /// Draws a strong view of `image`.
    func view(
        of image: ByteImage, after weak: WeakAugmentation, drawingFrom generator: inout PhiloxGenerator
    ) -> ByteImage {
        let (height, width) = (Double(image.height), Double(image.width))
        switch self {
        case .daso:
            let view = weak.view(of: image, drawingFrom: &generator).changed(by: .daso, drawingFrom: &generator)
            return view.cutOut(
                x: Double(generator.uniform()) * width, y: Double(generator.uniform()) * height,
                side: (0.5 * width).rounded(.down), color: [127, 127, 127])
        case .usb:
            let view = weak.view(of: image, drawingFrom: &generator).changed(by: .usb, drawingFrom: &generator)
            let side = 0.5 * Double(generator.uniform()) * width
            return view.cutOut(
                x: Double(generator.uniform()) * width, y: Double(generator.uniform()) * height, side: side,
                color: ByteImage.cutoutColor)
        case .bmb(let mean):
            let changed = image.changed(by: .bmb, drawingFrom: &generator)
            let half = image.width / 4
            let row = generator.integer(below: image.height)
            let column = generator.integer(below: image.width)
            return weak.view(of: changed, drawingFrom: &generator)
                .filled(rows: row - half..<row + half, columns: column - half..<column + half, with: mean)
        }
    }
}

extension ByteImage {
    /// The image after the operations that are drawn.
    fileprivate func changed(by form: RandAugment, drawingFrom generator: inout PhiloxGenerator) -> ByteImage {
        form.draw(forImageOf: (height, width), from: &generator).reduce(self) { $1.applied(to: $0) }
    }
}
