// The pixels under a tile of 4 × 8 outputs of stride 2, read, normalised if they are to be, and transformed.
//
// Mapping: one work-item = one tile and 16 channels at a time. Cost: 153 loads, 494 additions or multiply-adds and 153
//   stores of 16 lanes; 5 more for each pixel that is normalised.
#include "Common/Activation.h"
#include "Common/Prefetch.h"
#include "Convolution/StridedWinograd.h"
#include "Normalization/Normalization.h"

// Where a tile's 9 × 17 source pixels begin, in a tensor [N, height, width, channels], and what lies outside.
typedef struct {
    __global const Activation *corner;
    int top, left, height, width, channels;
} StridedWindow;

StridedWindow stridedWindow(
    __global const Activation *source, const WinogradTile tile, const int height, const int width, const int channels) {
    const int top = tile.row * 8 - 1, left = tile.column * 16 - 1;
    StridedWindow window = {
        source + (((long)tile.image * height + top) * width + left) * channels, top, left, height, width, channels};
    return window;
}

// Fetches 16 channels of `height` × `width` pixels.
__attribute__((always_inline)) void prefetchPixels(
    __global const Activation *corner, const int height, const int width, const int rowLength, const int channels) {
#pragma unroll 1
    for (int i = 0; i < height; i++) {
#pragma unroll
        for (int j = 0; j < width; j++) prefetchForLaterReading(corner + ((long)i * rowLength + j) * channels);
    }
}

// Transforms 16 channels, from `firstChannel` on, of a window's pixels: PLANES vectors, `plane` vectors apart. Pixels
// outside are zeros, after the normalization, if there is one.
__attribute__((always_inline)) void transformStridedWindow(
    const StridedWindow window, const int firstChannel, __global const float *scale, __global const float *shift,
    __global const float *mean, __global const float *inverseStandardDeviation, const float negativeSlope,
    const int isNormalized, __local float16 *transformed, const int plane) {
    float16 columns[ROWS][COLUMNS];
    float16 factor = 0.0f, offset = 0.0f, centre = 0.0f, inverse = 0.0f;
    if (isNormalized) {
        factor = vload16(0, scale + firstChannel);
        offset = vload16(0, shift + firstChannel);
        centre = vload16(0, mean + firstChannel);
        inverse = vload16(0, inverseStandardDeviation + firstChannel);
    }
#pragma unroll 1
    for (int j = 0; j < COLUMNS; j++) {
        float16 odd[ODD_ROWS], even[4];
        const bool isColumnInside = isInside(window.left + j, window.width);
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            float16 d = 0.0f;
            if (isColumnInside && isInside(window.top + i, window.height)) {
                d = loadActivation16(window.corner + (i * window.width + j) * window.channels + firstChannel);
                if (isNormalized) {
                    const float16 z = scaledValue(normalizedValue(d, centre, inverse), factor, offset);
                    d = leakyReLU(z, negativeSlope);
                }
            }
            if (i % 2 == 0) {
                odd[i / 2] = d;
            } else {
                even[i / 2] = d;
            }
        }
        const int column = j % 2 == 0 ? j / 2 : ODD_COLUMNS + j / 2;
        const Five products = stridedInputOfFour(odd);
#pragma unroll
        for (int i = 0; i < ODD_ROWS; i++) columns[i][column] = products.v[i];
#pragma unroll
        for (int i = 0; i < 4; i++) columns[ODD_ROWS + i][column] = even[i];
    }
#pragma unroll 1
    for (int i = 0; i < ROWS; i++) {
        const Nine row = stridedInputOfEight(columns[i]);
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            transformed[stridedPlane(i, j) * plane] = j < ODD_COLUMNS ? row.v[j] : columns[i][j];
        }
    }
}
