// The filter gradient of 3×3 convolutions of stride 2 and padding 1 for CPU-like devices, by Winograd's algorithm on odd
// pixels, in one kernel; first stage: partial sums over chunks of tiles.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's tiles of 4 × 8 output pixels (n,p,q) of outputGradient[n,p,q,k] ·
//   input[n, 2p+r−1, 2q+s−1, c]; the output half as high and wide as the input, its width a multiple of 8, both channel
//   counts multiples of 16.
// Mapping: as in WinogradFilterGradient.cl, with PLANES matrices of inputs and gradients, and MATRICES of sums: what meets
//   the same taps is summed in registers.
// Cost: 306·Cin·Cout flops for a tile where the direct sum takes 576; the transforms add 988·Cin + 704·Cout for each block
//   that needs them.
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/StridedWinogradWindow.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientStridedWinograd(
    INPUT(Activation, outputGradient), INPUT(Activation, input), NORMALIZATION, OUTPUT(float, partials),
    const int inputHeight, const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int tileCount, const int tilesPerChunk, const int inputBlock,
    const int outputBlock, __local float16 *inputs, __local float16 *gradients, __local float16 *sums) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN_NORMALIZATION;
    OPEN(partials);
    const int tileRows = (outputHeight + 3) / 4, tileColumns = outputWidth / 8;
    const int firstK = get_global_id(0) * outputBlock, firstC = get_global_id(1) * inputBlock;
    const int chunk = get_global_id(2);
    const int inputPanels = min(inputBlock, inputChannels - firstC) / 16;
    const int outputPanels = min(outputBlock, outputChannels - firstK) / 16;
    // inputs[PLANES][c / 16][tile], gradients[PLANES][k / (16·PANELS)][tile][PANELS] and
    // sums[MATRICES][k / (16·PANELS)][c][PANELS] in vectors of 16; each plane one vector longer than it need be: they must
    // not meet in the same lines of the cache.
    const int outputGroups = (outputPanels + PANELS - 1) / PANELS;
    const int inputPlane = inputPanels * TILES + 1, gradientPlane = outputGroups * TILES * PANELS + 1;
    const int sumPlane = outputGroups * inputPanels * 16 * PANELS + 1;
    outputGradient += firstK;

    for (int i = 0; i < MATRICES * sumPlane; i++) sums[i] = 0.0f;
    // Panels that fill up the last group.
    for (int i = 0; i < PLANES * gradientPlane; i++) gradients[i] = 0.0f;
    const int firstTile = chunk * tilesPerChunk, endTile = min(firstTile + tilesPerChunk, tileCount);
    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int blockTile = firstTile; blockTile < endTile; blockTile += TILES) {
        for (int tile = 0; tile < TILES; tile++) {
            // Beyond the last tile: zeros, by rows outside of everything.
            const int outputHeightHere = blockTile + tile < endTile ? outputHeight : 0;
            const int inputHeightHere = blockTile + tile < endTile ? inputHeight : 0;
            StridedWindow window = stridedWindow(input, place, inputHeight, inputWidth, inputChannels);
            window.height = inputHeightHere;
            const WinogradTile following = nextWinogradTile(place, tileRows, tileColumns);
            const bool isFetching = blockTile + tile + 1 < endTile;
            __global const Activation *nextInput = input + firstC
                + (((long)following.image * inputHeight + following.row * 8) * inputWidth + following.column * 16)
                    * inputChannels;
            __global const Activation *nextGradient = outputGradient
                + (((long)following.image * outputHeight + following.row * 4) * outputWidth + following.column * 8)
                    * outputChannels;
            for (int panel = 0; panel < inputPanels; panel++) {
                if (isFetching) prefetchPixels(nextInput + panel * 16, 8, 16, inputWidth, inputChannels);
                transformStridedWindow(
                    window, firstC + panel * 16, scale, shift, mean, inverseStandardDeviation, negativeSlope,
                    isNormalized, inputs + panel * TILES + tile, inputPlane);
            }
            for (int panel = 0; panel < outputPanels; panel++) {
                if (isFetching) prefetchPixels(nextGradient + panel * 16, 4, 8, outputWidth, outputChannels);
                __global const Activation *corner = outputGradient + panel * 16
                    + (((long)place.image * outputHeight + place.row * 4) * outputWidth + place.column * 8) * outputChannels;
                float16 columns[ROWS][8];
#pragma unroll 1
                for (int j = 0; j < 8; j++) {
                    float16 g[4];
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        g[i] = 0.0f;
                        if (place.row * 4 + i < outputHeightHere) {
                            g[i] = loadActivation16(corner + (i * outputWidth + j) * outputChannels);
                        }
                    }
                    const Five column = stridedGradientOfFour(g);
#pragma unroll
                    for (int i = 0; i < ODD_ROWS; i++) columns[i][j] = column.v[i];
#pragma unroll
                    for (int i = 0; i < 4; i++) columns[ODD_ROWS + i][j] = g[i];
                }
                __local float16 *transformed = gradients + (panel / PANELS * TILES + tile) * PANELS + panel % PANELS;
#pragma unroll 1
                for (int i = 0; i < ROWS; i++) {
                    const Nine row = stridedGradientOfEight(columns[i]);
#pragma unroll
                    for (int j = 0; j < COLUMNS; j++) {
                        transformed[stridedPlane(i, j) * gradientPlane] =
                            j < ODD_COLUMNS ? row.v[j] : columns[i][j - ODD_COLUMNS];
                    }
                }
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }

        __local float16 *sum = sums;
        int n = 0;
        for (int matrix = 0; matrix < MATRICES; matrix++) {
            const int planes = planesOfMatrix(matrix);
            for (int group = 0; group < outputGroups; group++) {
                for (int c = 0; c < inputPanels * 16; c += CHANNELS) {
                    float16 products[CHANNELS][PANELS];
#pragma unroll
                    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) products[i][panel] = 0.0f;
                    }
                    __local const float16 *gradient = gradients + n * gradientPlane + group * TILES * PANELS;
                    __local const float *values =
                        (__local const float *)(inputs + n * inputPlane + c / 16 * TILES) + c % 16;
                    // Into the first-level cache meanwhile: the sums, and a share of the next matrix's inputs and gradients.
                    __local const float16 *nextInputs =
                        inputs + (n + planes) * inputPlane + c / 16 * TILES + c % 16 / CHANNELS * 2;
                    __local const float16 *nextGradients =
                        gradients + (n + planes) * gradientPlane + group * TILES * PANELS + c / CHANNELS * 4;
                    for (int i = 0; i < planes; i++, gradient += gradientPlane, values += inputPlane * 16) {
#pragma unroll TILES
                        for (int tile = 0; tile < TILES; tile++) {
                            if (tile < CHANNELS * PANELS) {
                                prefetchForReading(sum + tile * 2);
                                prefetchForReading(sum + tile * 2 + 1);
                            }
                            if (tile % 4 == 0) prefetchForReading(nextInputs + tile / 4);
                            if (tile % 2 == 0) prefetchForReading(nextGradients + tile / 2);
                            float16 g[PANELS];
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) g[panel] = gradient[tile * PANELS + panel];
#pragma unroll
                            for (int i = 0; i < CHANNELS; i++) {
                                const float16 value = values[tile * 16 + i];
#pragma unroll
                                for (int panel = 0; panel < PANELS; panel++) {
                                    products[i][panel] = multiplyAdd(value, g[panel], products[i][panel]);
                                }
                            }
                        }
                    }
#pragma unroll
                    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) sum[i * PANELS + panel] += products[i][panel];
                    }
                    sum += CHANNELS * PANELS;
                }
            }
            n += planes;
            sum++;
        }
    }

    partials += (ulong)chunk * 9 * inputChannels * outputChannels + (ulong)firstC * outputChannels + firstK;
    for (int item = 0; item < sumPlane - 1; item++) {
        const int panel = item / (inputPanels * 16 * PANELS) * PANELS + item % PANELS;
        const int c = item / PANELS % (inputPanels * 16);
        if (panel >= outputPanels) continue;
        float16 columns[3][FILTER_COLUMNS];
#pragma unroll 1
        for (int j = 0; j < FILTER_COLUMNS; j++) {
            float16 m[ODD_ROWS];
#pragma unroll
            for (int i = 0; i < ODD_ROWS; i++) m[i] = sums[(i * FILTER_COLUMNS + j) * sumPlane + item];
            const Two column = stridedTapsOfFour(m);
            columns[0][j] = column.v[0];
            columns[1][j] = sums[(ODD_ROWS * FILTER_COLUMNS + j) * sumPlane + item];
            columns[2][j] = column.v[1];
        }
#pragma unroll 1
        for (int r = 0; r < 3; r++) {
            const Two row = stridedTapsOfEight(columns[r]);
            __global float *tap = partials + ((ulong)r * 3 * inputChannels + c) * outputChannels + panel * 16;
            const ulong step = (ulong)inputChannels * outputChannels;
            vstore16(row.v[0], 0, tap);
            vstore16(columns[r][ODD_COLUMNS], 0, tap + step);
            vstore16(row.v[1], 0, tap + 2 * step);
        }
    }
}
