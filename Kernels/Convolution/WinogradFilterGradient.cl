// The gradient of a 3×3 filter of stride 1 for CPU-like devices, by Winograd's F(3×3, 4×4) or F(3×3, 4×8) in one
// kernel; first stage: partial sums over chunks of tiles.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's tiles of 4 × TILE_WIDTH output pixels (n,p,q) of
//   outputGradient[n,p,q,k] · input[n, p+r−padding, q+s−padding, c]. Both channel counts are multiples of 16.
// Mapping: one work-item = inputBlock input channels × outputBlock output channels × one chunk of tiles. It takes
//   TILES tiles at a time: transforms their 6 × POINTS input pixels and their gradients into PLANES matrices
//   [tile, c] and [tile, k] in local memory, multiplies these, CHANNELS × PANELS float16 sums in registers, and adds the
//   products [c, k] to its sums in local memory. After the last tile it transforms those into 3 × 3 taps. So a sum over
//   thousands of tiles is made of short ones, which keeps its rounding error small. Pixels outside a tensor are zeros.
// Cost: 72·Cin·Cout flops for a tile of 4 × 4 where the direct sum takes 288; the transforms add 288·Cin + 160·Cout for each
//   block that needs them. For one of 4 × 8, 120·Cin·Cout for 576; the transforms 720·Cin + 512·Cout.
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/WinogradWindow.h"

// A tile is fetched while the one before it is transformed. The matrices come from the second-level cache: while a block of
// CHANNELS × PANELS vectors is computed, its sums and its share of the next plane's inputs and gradients are fetched into
// the first-level cache, a line for every so many tiles.
#define INPUT_STEP (16 / CHANNELS * OUTPUT_GROUPS)
#define GRADIENT_STEP ((INPUT_PANELS * 16 / CHANNELS + PANELS - 1) / PANELS)
#define linesOfBlock(step) ((TILES + (step) - 1) / (step))

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientWinograd(
    INPUT(Activation, outputGradient), INPUT(Activation, input), NORMALIZATION, OUTPUT(float, partials),
    const int inputHeight, const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int padding, const int tileCount, const int tilesPerChunk, const int inputBlock,
    const int outputBlock, __local float16 *inputs, __local float16 *gradients, __local float16 *sums) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN_NORMALIZATION;
    OPEN(partials);
    const int tileRows = (outputHeight + 3) / 4, tileColumns = (outputWidth + TILE_WIDTH - 1) / TILE_WIDTH;
    const int firstK = get_global_id(0) * outputBlock, firstC = get_global_id(1) * inputBlock;
    const int chunk = get_global_id(2);
    // In panels of 16 channels.
    const int inputPanels = min(inputBlock, inputChannels - firstC) / 16;
    const int outputPanels = min(outputBlock, outputChannels - firstK) / 16;
    // inputs[PLANES][c / 16][tile], gradients[PLANES][k / (16·PANELS)][tile][PANELS] and
    // sums[PLANES][k / (16·PANELS)][c][PANELS] in vectors of 16; the planes are one vector longer than they need be: they
    // must not meet in the same lines of the cache.
    const int outputGroups = (outputPanels + PANELS - 1) / PANELS;
    const int inputPlane = inputPanels * TILES + 1, gradientPlane = outputGroups * TILES * PANELS + 1;
    const int sumPlane = outputGroups * inputPanels * 16 * PANELS + 1;
    outputGradient += firstK;

    for (int i = 0; i < PLANES * sumPlane; i++) sums[i] = 0.0f;
    // Panels that fill up the last group.
    for (int i = 0; i < PLANES * gradientPlane; i++) gradients[i] = 0.0f;
    const int firstTile = chunk * tilesPerChunk, endTile = min(firstTile + tilesPerChunk, tileCount);
    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int blockTile = firstTile; blockTile < endTile; blockTile += TILES) {
        for (int tile = 0; tile < TILES; tile++) {
            // Beyond the last tile: zeros, by rows outside of everything.
            const int outputHeightHere = blockTile + tile < endTile ? outputHeight : 0;
            const int inputHeightHere = blockTile + tile < endTile ? inputHeight : 0;
            const int top = place.row * 4, left = place.column * TILE_WIDTH;
            const WinogradWindow window =
                winogradWindow(input, place, padding, inputHeightHere, inputWidth, inputChannels);
            const WinogradTile following = nextWinogradTile(place, tileRows, tileColumns);
            const bool isFetching = blockTile + tile + 1 < endTile;
            // The two rows and columns before these belong to this tile's window, too, or lie in its neighbour's.
            __global const Activation *nextInput = input + firstC
                + (((long)following.image * inputHeight + following.row * 4 + 2 - padding) * inputWidth
                    + following.column * TILE_WIDTH + 2 - padding) * inputChannels;
            __global const Activation *nextGradient = outputGradient
                + (((long)following.image * outputHeight + following.row * 4) * outputWidth + following.column * TILE_WIDTH)
                    * outputChannels;
            for (int panel = 0; panel < inputPanels; panel++) {
                if (isFetching) prefetchTile(nextInput + panel * 16, inputWidth, inputChannels);
                transformWindow(
                    window, firstC + panel * 16, scale, shift, mean, inverseStandardDeviation, negativeSlope,
                    isNormalized, inputs + panel * TILES + tile, inputPlane);
            }
            for (int panel = 0; panel < outputPanels; panel++) {
                if (isFetching) prefetchTile(nextGradient + panel * 16, outputWidth, outputChannels);
                __global const Activation *corner = outputGradient + panel * 16
                    + (((long)place.image * outputHeight + top) * outputWidth + left) * outputChannels;
                float16 columns[6][TILE_WIDTH];
#pragma unroll 1
                for (int j = 0; j < TILE_WIDTH; j++) {
                    float16 g[4];
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        g[i] = 0.0f;
                        if (top + i < outputHeightHere && left + j < outputWidth) {
                            g[i] = loadActivation16(corner + (i * outputWidth + j) * outputChannels);
                        }
                    }
                    const Six column = winogradOutputGradient(g[0], g[1], g[2], g[3]);
#pragma unroll
                    for (int i = 0; i < 6; i++) columns[i][j] = column.v[i];
                }
                __local float16 *transformed =
                    gradients + (panel / PANELS * TILES + tile) * PANELS + panel % PANELS;
#pragma unroll 1
                for (int i = 0; i < 6; i++) {
                    const Products row = winogradOutputGradientRow(columns[i]);
#pragma unroll
                    for (int j = 0; j < POINTS; j++) transformed[(i * POINTS + j) * gradientPlane] = row.v[j];
                }
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }

        __local float16 *sum = sums;
        for (int n = 0; n < PLANES; n++) {
            for (int group = 0; group < outputGroups; group++) {
                __local const float16 *gradient = gradients + n * gradientPlane + group * TILES * PANELS;
                for (int c = 0; c < inputPanels * 16; c += CHANNELS) {
                    float16 products[CHANNELS][PANELS];
#pragma unroll
                    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) products[i][panel] = 0.0f;
                    }
                    __local const float16 *nextInputs = inputs + (n + 1) * inputPlane + c / 16 * TILES
                        + (group * (16 / CHANNELS) + c % 16 / CHANNELS) * linesOfBlock(INPUT_STEP);
                    __local const float16 *nextGradients =
                        gradient + gradientPlane + c / CHANNELS * linesOfBlock(GRADIENT_STEP);
                    __local const float *values =
                        (__local const float *)(inputs + n * inputPlane + c / 16 * TILES) + c % 16;
                    // All of it: the last turn of a short loop is mispredicted, and no fetch may cost a branch.
#pragma unroll TILES
                    for (int tile = 0; tile < TILES; tile++) {
                        if (tile < CHANNELS * PANELS) prefetchForReading(sum + tile);
                        if (tile % INPUT_STEP == 0) prefetchForReading(nextInputs + tile / INPUT_STEP);
                        if (tile % GRADIENT_STEP == 0) prefetchForReading(nextGradients + tile / GRADIENT_STEP);
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
#pragma unroll
                    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) sum[i * PANELS + panel] += products[i][panel];
                    }
                    sum += CHANNELS * PANELS;
                }
            }
            sum++;
        }
    }

    partials += (ulong)chunk * 9 * inputChannels * outputChannels + (ulong)firstC * outputChannels + firstK;
    for (int item = 0; item < sumPlane - 1; item++) {
        const int panel = item / (inputPanels * 16 * PANELS) * PANELS + item % PANELS;
        const int c = item / PANELS % (inputPanels * 16);
        if (panel >= outputPanels) continue;
        __local const float16 *m = sums + item;
        float16 columns[3][POINTS];
#pragma unroll 1
        for (int j = 0; j < POINTS; j++, m += sumPlane) {
            const Four column = winogradTaps(
                m[0], m[POINTS * sumPlane], m[2 * POINTS * sumPlane], m[3 * POINTS * sumPlane], m[4 * POINTS * sumPlane],
                m[5 * POINTS * sumPlane]);
#pragma unroll
            for (int i = 0; i < 3; i++) columns[i][j] = column.v[i];
        }
#pragma unroll 1
        for (int r = 0; r < 3; r++) {
            const Taps row = winogradTapsRow(columns[r]);
#pragma unroll
            for (int s = 0; s < 3; s++) {
                vstore16(
                    row.v[s], 0, partials + ((ulong)(r * 3 + s) * inputChannels + c) * outputChannels + panel * 16);
            }
        }
    }
}
