// The input gradient of 3×3 convolutions of stride 2 and padding 1 for CPU-like devices, by Winograd's algorithm for odd
// pixels, in one kernel.
//
// Problem: target[n,2p−1+r,2q−1+s,c] = Σ_{r,s,k} source[n,p,q,k] · filter[r,s,c,k] over all that lie inside; the target
//   twice as high and wide as the source, whose width is a multiple of 8, both channel counts multiples of 16. In one
//   dimension target[2p] = w[1] · source[p] and target[2p+1] = w[2] · source[p] + w[0] · source[p+1]: the filter is turned.
// Mapping: as in StridedWinogradConvolution.cl, for tiles of 8 × 16 target pixels, made of 5 × 9 source pixels. Gradient
//   sums as in WinogradConvolution.cl.
// Cost: 306·Cin·Cout flops for a tile where the direct sum takes 576; the transforms add 740·Cin + 900·Cout, with Cin the
//   source's channels.
#include "Convolution/StridedWinogradProducts.h"
#include "Convolution/StridedWinogradWindow.h"
#include "Convolution/WinogradEpilogue.h"

#define TILE_PIXELS 128

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void stridedInputGradientWinograd(
    INPUT(Activation, source), INPUT(float, filters), OUTPUT(Activation, target), ADDEND, NORMALIZATION, GATHERING,
    const int sourceHeight, const int sourceWidth, const int sourceChannels, const int targetHeight,
    const int targetWidth, const int targetChannels, const int tileCount,
    __local float16 *inputs, __local float16 *products) {
    OPEN(source);
    OPEN(filters);
    OPEN(target);
    OPEN(addend);
    OPEN_NORMALIZATION;
    OPEN(normalized);
    OPEN(gathered);
    gathered += (ulong)get_global_id(0) * 2 * targetChannels;
    const int tileRows = (sourceHeight + 3) / 4, tileColumns = sourceWidth / 8;
    const bool streams = isStreamed(target, (ulong)tileCount * TILE_PIXELS, targetChannels);
    const int firstTile = get_global_id(0) * TILES, tiles = min(TILES, tileCount - firstTile);
    // inputs[PLANES][c / 16][TILES] and products[PLANES][tile][PANELS] in vectors of 16, each plane one vector longer
    // than it need be: the planes must not meet in the same lines of the cache.
    const int depth = sourceChannels / 16;
    const int inputPlane = TILES * depth + 1, productPlane = TILES * PANELS + 1;

    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int tile = 0; tile < TILES; tile++) {
        const int top = place.row * 4, left = place.column * 8;
        __global const Activation *corner =
            source + (((ulong)place.image * sourceHeight + top) * sourceWidth + left) * sourceChannels;
        const WinogradTile following = nextWinogradTile(place, tileRows, tileColumns);
        __global const Activation *next = source
            + (((long)following.image * sourceHeight + following.row * 4) * sourceWidth + following.column * 8 + 1)
                * sourceChannels;
        for (int block = 0; block < depth; block++) {
            prefetchPixels(next + block * 16, 5, 8, sourceWidth, sourceChannels);
            float16 columns[ROWS][ODD_COLUMNS];
#pragma unroll 1
            for (int j = 0; j < ODD_COLUMNS; j++) {
                float16 d[ODD_ROWS];
#pragma unroll
                for (int i = 0; i < ODD_ROWS; i++) {
                    d[i] = 0.0f;
                    if (isInside(left + j, sourceWidth) && isInside(top + i, sourceHeight)) {
                        d[i] = loadActivation16(corner + (i * sourceWidth + j) * sourceChannels + block * 16);
                    }
                }
                const Five column = stridedInputOfFour(d);
#pragma unroll
                for (int i = 0; i < ODD_ROWS; i++) columns[i][j] = column.v[i];
#pragma unroll
                for (int i = 0; i < 4; i++) columns[ODD_ROWS + i][j] = d[i];
            }
            __local float16 *transformed = inputs + block * TILES + tile;
#pragma unroll 1
            for (int i = 0; i < ROWS; i++) {
                const Nine row = stridedInputOfEight(columns[i]);
#pragma unroll
                for (int j = 0; j < COLUMNS; j++) {
                    transformed[stridedPlane(i, j) * inputPlane] =
                        j < ODD_COLUMNS ? row.v[j] : columns[i][j - ODD_COLUMNS];
                }
            }
        }
        // The last work-item's block is filled up with the last tile.
        if (tile + 1 < tiles) place = nextWinogradTile(place, tileRows, tileColumns);
    }

    // The transformed filter begins where its buffer does, so it is aligned.
    __global const float16 *weights = (__global const float16 *)filters;
    for (int k = 0; k < targetChannels; k += 16 * PANELS) {
        place = winogradTile(firstTile, tileRows, tileColumns);
        multiplyStridedTiles(
            inputs, inputPlane, weights, sourceChannels, products, productPlane, tiles,
            hasAddend ? addend + k : gathers == GRADIENT_SUMS ? normalized + k : 0, place, tileRows, tileColumns, 8, 16,
            targetHeight, targetWidth, targetChannels);
        weights += MATRICES * (sourceChannels * PANELS + 1);

        const int panels = min(PANELS, (targetChannels - k) / 16);
        Gathered panelsGathered[PANELS];
        for (int tile = 0; tile < tiles; tile++) {
            const int height = min(8, targetHeight - place.row * 8);
            const ulong corner = (((ulong)place.image * targetHeight + place.row * 8) * targetWidth + place.column * 16)
                * targetChannels + k;
            for (int panel = 0; panel < panels; panel++) {
                // Even and odd rows in turn.
                float16 columns[8][COLUMNS];
                __local const float16 *product = products + tile * PANELS + panel;
#pragma unroll 1
                for (int j = 0; j < COLUMNS; j++) {
                    float16 m[ODD_ROWS];
#pragma unroll
                    for (int i = 0; i < ODD_ROWS; i++) m[i] = product[stridedPlane(i, j) * productPlane];
                    const Four column = stridedOutputOfFour(m);
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        columns[2 * i][j] = product[stridedPlane(ODD_ROWS + i, j) * productPlane];
                        columns[2 * i + 1][j] = column.v[i];
                    }
                }
                const int c = k + panel * 16;
#pragma unroll 1
                for (int i = 0; i < height; i++) {
                    const Eight odd = stridedOutputOfEight(columns[i]);
                    float16 row[16];
#pragma unroll
                    for (int j = 0; j < 8; j++) {
                        row[2 * j] = columns[i][ODD_COLUMNS + j];
                        row[2 * j + 1] = odd.v[j];
                    }
                    const ulong line = corner + (ulong)i * targetWidth * targetChannels + panel * 16;
                    writePixels(row, 16, 16, target, addend, hasAddend, line, targetChannels, streams);
                    if (gathers == GRADIENT_SUMS) {
                        gatherGradientSums(
                            row, 16, tile == 0 && i == 0, normalized, line, targetChannels, scale + c, shift + c, mean + c,
                            inverseStandardDeviation + c, negativeSlope, &panelsGathered[panel]);
                    }
                }
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }
        for (int panel = 0; gathers && panel < panels; panel++) {
            storeGathered(panelsGathered[panel], gathers, tiles * TILE_PIXELS, gathered + k + panel * 16, targetChannels);
        }
    }
    endStreaming(streams);
}
