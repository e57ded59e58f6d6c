/// The instructions of ``ImagePrograms``, and what follows each in its words. Numbers that are not whole are there as the
/// bits of a float32.
public enum ImageInstruction: Int32, CaseIterable, Sendable {
    /// Nothing more is to be done.
    case end
    /// Rows and columns of the result; the source row of each row, then the source column of each column; −1 is black.
    case gather
    /// For each row of the view, then for each column: two pixels, and the part of the way between them.
    case interpolate
    /// The six numbers of ``ImagePrograms/AffineMap`` in their order.
    case affine
    /// 256 bytes, four to a word, the first in its lowest bits.
    case table
    case autoContrast
    case equalize
    /// The strength.
    case color
    /// The strength.
    case contrast
    /// The strength.
    case sharpness
    /// First row, row behind the last, first column, column behind the last; the colour, a byte for each channel, the first
    /// in the lowest bits.
    case fill
    /// 255ths of a circle.
    case hue
    /// How many weights follow the one in the middle; the weights.
    case blur
}
