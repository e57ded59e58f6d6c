// Hues turned as by Pillow, in whole numbers (ImagePrograms.turnHue). Each work-item has some of the pixels, which stay where
// they are: some 60 operations a pixel, six bytes. Needs the types and macros of ImageViews.cl.

#if CHANNELS == 3
// What Pillow's rounding makes one less of exact hues: ImagePrograms.huesRoundedDown.
__constant uint huesRoundedDown[8] = {0xFFFFFFFE, 0, 0x11000000, 0x111, 0x222AAAAA, 0x23232222, 0x22222, 0};

// The hue of a colour, in 255ths of a circle.
int hueOf(const int red, const int green, const int blue, const int value, const int range) {
    int place = red == value ? green - blue
        : green == value     ? 2 * range + blue - red
                             : 4 * range + red - green;
    if (place < 0) place += 6 * range;
    const int hue = 85 * place / (2 * range);
    const bool isWhole = hue * 2 * range == 85 * place;
    return isWhole && (huesRoundedDown[hue >> 5] >> (hue & 31) & 1) != 0 ? hue - 1 : hue;
}

uchar darker(const int value, const int saturation, const int distance) {
    return (2 * value * (255 * 255 - saturation * distance) + 255 * 255) / (2 * 255 * 255);
}
#endif

void turnHue(const Image image, const Size size, const int shift) {
#if CHANNELS == 3
    EACH(pixel, size.area) {
        const Image values = image + 3 * pixel;
        const int red = values[0], green = values[1], blue = values[2];
        const int value = max(red, max(green, blue)), range = value - min(red, min(green, blue));
        if (range == 0) continue;
        const int hue = (hueOf(red, green, blue, value, range) + shift) & 255, saturation = 255 * range / value;
        // The sixth of the circle, and how far into it, in 255ths.
        const int sixth = 6 * hue / 255, part = 6 * hue - 255 * sixth, place = sixth % 6;
        const uchar lowest = darker(value, saturation, 255), falling = darker(value, saturation, part);
        const uchar rising = darker(value, saturation, 255 - part);
        values[0] = place == 0 || place == 5 ? value : place == 1 ? falling : place == 4 ? rising : lowest;
        values[1] = place == 1 || place == 2 ? value : place == 3 ? falling : place == 0 ? rising : lowest;
        values[2] = place == 3 || place == 4 ? value : place == 5 ? falling : place == 2 ? rising : lowest;
    }
#endif
}
