// The pixels under a tile, read, normalised if they are to be, and transformed: what Winograd's kernels for
// CPU-like devices begin with.
//
// Mapping: one work-item = one tile and 16 channels at a time. Cost: for 4 × 4 pixels 36 loads, 144 additions or
// multiply-adds and 36 stores of 16 lanes; for 4 × 8 pixels 60 loads, 360 and 60 stores; 5 more for each pixel that is
// normalised.
#include "Common/Activation.h"
#include "Common/Prefetch.h"
#include "Convolution/WinogradRow.h"
#include "Normalization/Normalization.h"

// Where the 6 × POINTS source pixels under a tile begin, in a tensor [N, height, width, channels], and what lies outside.
typedef struct {
    __global const Activation *corner;
    int top, left, height, width, channels;
} WinogradWindow;

// A tile's window in a source around which `padding` rows and columns of zeros lie.
WinogradWindow winogradWindow(
    __global const Activation *source, const WinogradTile tile, const int padding, const int height, const int width,
    const int channels) {
    const int top = tile.row * 4 - padding, left = tile.column * TILE_WIDTH - padding;
    WinogradWindow window = {
        source + (((long)tile.image * height + top) * width + left) * channels, top, left, height, width, channels};
    return window;
}

// Fetches 16 channels of a tile.
void prefetchTile(__global const Activation *corner, const int width, const int channels) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int j = 0; j < TILE_WIDTH; j++) prefetchForLaterReading(corner + (i * width + j) * channels);
    }
}

// Transforms 16 channels, from `firstChannel` on, of a window's pixels: PLANES vectors, `plane` vectors apart. Pixels
// outside are zeros, after the normalization, if there is one.
void transformWindow(
    const WinogradWindow window, const int firstChannel, __global const float *scale, __global const float *shift,
    __global const float *mean, __global const float *inverseStandardDeviation, const float negativeSlope,
    const int isNormalized, __local float16 *transformed, const int plane) {
    float16 columns[6][POINTS];
    float16 factor = 0.0f, offset = 0.0f, centre = 0.0f, inverse = 0.0f;
    if (isNormalized) {
        factor = vload16(0, scale + firstChannel);
        offset = vload16(0, shift + firstChannel);
        centre = vload16(0, mean + firstChannel);
        inverse = vload16(0, inverseStandardDeviation + firstChannel);
    }
    // Loops that are not unrolled: the cache is the limit, and the compiler takes less long.
#pragma unroll 1
    for (int j = 0; j < POINTS; j++) {
        float16 d[6];
        const bool isColumnInside = isInside(window.left + j, window.width);
#pragma unroll
        for (int i = 0; i < 6; i++) {
            d[i] = 0.0f;
            if (isColumnInside && isInside(window.top + i, window.height)) {
                d[i] = loadActivation16(window.corner + (i * window.width + j) * window.channels + firstChannel);
            }
        }
        if (isNormalized && isColumnInside) {
#pragma unroll
            for (int i = 0; i < 6; i++) {
                const float16 z = scaledValue(normalizedValue(d[i], centre, inverse), factor, offset);
                if (isInside(window.top + i, window.height)) d[i] = leakyReLU(z, negativeSlope);
            }
        }
        const Six column = winogradInput(d[0], d[1], d[2], d[3], d[4], d[5]);
#pragma unroll
        for (int i = 0; i < 6; i++) columns[i][j] = column.v[i];
    }
#pragma unroll 1
    for (int i = 0; i < 6; i++) {
        const Products row = winogradInputRow(columns[i]);
#pragma unroll
        for (int j = 0; j < POINTS; j++) transformed[(i * POINTS + j) * plane] = row.v[j];
    }
}
