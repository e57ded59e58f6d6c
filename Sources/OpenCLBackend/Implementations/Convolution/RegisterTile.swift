/// What a direct convolution holds in registers.
struct RegisterTile: Hashable {
    /// Neighbouring pixels of a row.
    let pixels: Int
    /// Panels of 16 channels.
    let panels: Int

    /// The tile for a target's rows of `width` pixels with so many channels. Few different ones, so that few programs are
    /// compiled: 16 sums, or 14 where rows are a multiple of 7 pixels long, as those of 28×28 images are.
    init(width: Int, channels: Int) {
        let isMultipleOf7 = width % 7 == 0 && width % 8 != 0
        (pixels, panels) = channels <= 16 ? (isMultipleOf7 ? 14 : 16, 1) : (isMultipleOf7 ? 7 : 8, 2)
    }
}
