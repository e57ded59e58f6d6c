/// IEEE 754 binary16 as bits: a sign, 5 bits of exponent, 10 of fraction. Swift's own `Float16` does not exist on every
/// platform. Numbers up to 65504; 11 significant bits from 2⁻¹⁴ on, fewer below, 2⁻²⁴ being the smallest.
///
/// Both conversions are written without branches, so that a loop over them becomes vector instructions.
public enum HalfPrecision {
    /// The number that the bits stand for, exactly.
    @inlinable
    public static func float(_ bits: UInt16) -> Float {
        let word = UInt32(bits) << 16
        let magnitude = word << 1
        // The exponent moves to its place, biased by 2¹¹² too much for the multiplication to take away; infinities and
        // NaN keep theirs.
        let normal = Float(bitPattern: (magnitude >> 4) &+ 0xE0 << 23) * 0x1p-112
        // Below 2⁻¹⁴ the fraction is a whole number of 2⁻²⁴: put behind 0.5 it needs no exponent of its own.
        let subnormal = Float(bitPattern: magnitude >> 17 | 126 << 23) - 0.5
        let result = magnitude < 1 << 27 ? subnormal : normal
        return Float(bitPattern: word & 0x8000_0000 | result.bitPattern)
    }

    /// The bits of the nearest number, of two equally near ones the even; infinity for what rounds above 65504.
    @inlinable
    public static func bits(_ value: Float) -> UInt16 {
        let word = value.bitPattern
        let magnitude = word << 1
        // A number that is added rounds the fraction where binary16 ends, by float32's own rounding: at 11 bits, or at
        // 2⁻²⁴ for small numbers. The first product makes infinity of what is too large.
        let scaled = value.magnitude * 0x1p112 * 0x1p-110
        let exponent = max(magnitude & 0xFF00_0000, 0x7100_0000)
        let rounded = (Float(bitPattern: exponent >> 1 &+ 0x0780_0000) + scaled).bitPattern
        let half = (rounded >> 13 & 0x7C00) &+ (rounded & 0x0FFF)
        return UInt16(truncatingIfNeeded: word >> 16 & 0x8000 | (magnitude > 0xFF00_0000 ? 0x7E00 : half))
    }
}
