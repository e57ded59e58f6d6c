// The product that Winograd's convolutions for CPU-like devices spend their time in.
//
// Problem: product[tile][16·PANELS] = Σ_c tiles[tile][c] · weights[c][16·PANELS] for TILES tiles, of one matrix.
// Mapping: one work-item, TILES × PANELS float16 sums in registers. Cost: TILES + PANELS loads for TILES · PANELS
//   multiply-adds.
#include "Common/Prefetch.h"

// The tiles lie [c / 16][TILES] in vectors of 16. Every `summedChannels` the sums go to the product and begin anew.
// Meanwhile the next block's tiles, and of what the next matrix's filter will need a line for each channel, are fetched into
// the first-level cache. Inlined, as what surrounds it is: a call would cost a percent.
__attribute__((always_inline)) void multiplyTiles(
    __local const float16 *tiles, __global const float16 *weights, __local float16 *product, const int channels,
    const int summedChannels, __local const float16 *nextTiles, __global const float16 *nextWeights) {
    __local const float *values = (__local const float *)tiles;
    float16 sums[TILES][PANELS];
#pragma unroll
    for (int t = 0; t < TILES; t++) {
#pragma unroll
        for (int panel = 0; panel < PANELS; panel++) sums[t][panel] = 0.0f;
    }
    for (int c = 0; c < channels; c += 16, values += TILES * 16) {
#pragma unroll 4
        for (int i = 0; i < 16; i++) {
            if (i % (16 / TILES) == 0) prefetchForReading(nextTiles + (c + i) * TILES / 16);
            prefetchForReading(nextWeights + c + i);
            float16 weight[PANELS];
#pragma unroll
            for (int panel = 0; panel < PANELS; panel++) weight[panel] = weights[(c + i) * PANELS + panel];
#pragma unroll
            for (int t = 0; t < TILES; t++) {
                const float16 value = values[t * 16 + i];
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) {
                    sums[t][panel] = multiplyAdd(value, weight[panel], sums[t][panel]);
                }
            }
        }
        if ((c + 16) % summedChannels == 0 && c + 16 < channels) {
#pragma unroll
            for (int t = 0; t < TILES; t++) {
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) {
                    if (c >= summedChannels) sums[t][panel] += product[t * PANELS + panel];
                    product[t * PANELS + panel] = sums[t][panel];
                    sums[t][panel] = 0.0f;
                }
            }
        }
    }
    if (channels > summedChannels) {
#pragma unroll
        for (int t = 0; t < TILES; t++) {
#pragma unroll
            for (int panel = 0; panel < PANELS; panel++) sums[t][panel] += product[t * PANELS + panel];
        }
    }
#pragma unroll
    for (int t = 0; t < TILES; t++) {
#pragma unroll
        for (int panel = 0; panel < PANELS; panel++) product[t * PANELS + panel] = sums[t][panel];
    }
}
