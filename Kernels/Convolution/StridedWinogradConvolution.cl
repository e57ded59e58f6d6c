// 3×3 convolution of stride 2 and padding 1 for CPU-like devices, by Winograd's algorithm on odd pixels, in one kernel.
//
// Problem: target[n,p,q,k] = Σ_{r,s,c} source[n, 2p+r−1, 2q+s−1, c] · filter[r,s,c,k], the target half as high and wide as
//   the source, its width a multiple of 8, both channel counts multiples of 16.
// Mapping: one work-item = tiles of 4 × 8 pixels of all target channels, TILES neighbours of the batch, as in
//   WinogradConvolution.cl: PLANES matrices [tile, c] in local memory; for each 16·PANELS target channels their products
//   with the filter's, and these transformed back. Moments as there.
// Cost: 306·Cin·Cout flops for a tile where the direct sum takes 576; the transforms add 988·Cin + 920·Cout.
#include "Convolution/StridedWinogradProducts.h"
#include "Convolution/StridedWinogradWindow.h"
#include "Convolution/WinogradEpilogue.h"

#define TILE_PIXELS 32

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveStridedWinograd(
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
    const int tileRows = (targetHeight + 3) / 4, tileColumns = targetWidth / 8;
    const bool streams = isStreamed(target, (ulong)tileCount * TILE_PIXELS, targetChannels);
    const int firstTile = get_global_id(0) * TILES, tiles = min(TILES, tileCount - firstTile);
    // inputs[PLANES][c / 16][TILES] and products[PLANES][tile][PANELS] in vectors of 16, each plane one vector longer
    // than it need be: the planes must not meet in the same lines of the cache.
    const int depth = sourceChannels / 16;
    const int inputPlane = TILES * depth + 1, productPlane = TILES * PANELS + 1;

    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int tile = 0; tile < TILES; tile++) {
        const StridedWindow window = stridedWindow(source, place, sourceHeight, sourceWidth, sourceChannels);
        const WinogradTile following = nextWinogradTile(place, tileRows, tileColumns);
        // The row and the column before these belong to this tile's window, too, or lie in its neighbour's.
        __global const Activation *next = source
            + (((long)following.image * sourceHeight + following.row * 8) * sourceWidth + following.column * 16)
                * sourceChannels;
        for (int block = 0; block < depth; block++) {
            prefetchPixels(next + block * 16, 8, 16, sourceWidth, sourceChannels);
            transformStridedWindow(
                window, block * 16, scale, shift, mean, inverseStandardDeviation, negativeSlope, isNormalized,
                inputs + block * TILES + tile, inputPlane);
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
            hasAddend ? addend + k : 0, place, tileRows, tileColumns, 4, 8, targetHeight, targetWidth,
            targetChannels);
        weights += MATRICES * (sourceChannels * PANELS + 1);

        const int panels = min(PANELS, (targetChannels - k) / 16);
        Gathered panelsGathered[PANELS];
        for (int tile = 0; tile < tiles; tile++) {
            const int height = min(4, targetHeight - place.row * 4);
            const ulong corner = (((ulong)place.image * targetHeight + place.row * 4) * targetWidth + place.column * 8)
                * targetChannels + k;
            for (int panel = 0; panel < panels; panel++) {
                float16 columns[4][COLUMNS];
                __local const float16 *product = products + tile * PANELS + panel;
#pragma unroll 1
                for (int j = 0; j < COLUMNS; j++) {
                    float16 m[ODD_ROWS];
#pragma unroll
                    for (int i = 0; i < ODD_ROWS; i++) m[i] = product[stridedPlane(i, j) * productPlane];
                    const Four column = stridedOutputOfFour(m);
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        columns[i][j] = column.v[i] + product[stridedPlane(ODD_ROWS + i, j) * productPlane];
                    }
                }
#pragma unroll 1
                for (int i = 0; i < height; i++) {
                    Eight row = stridedOutputOfEight(columns[i]);
#pragma unroll
                    for (int j = 0; j < 8; j++) row.v[j] += columns[i][ODD_COLUMNS + j];
                    writePixels(
                        row.v, 8, 8, target, addend, hasAddend,
                        corner + (ulong)i * targetWidth * targetChannels + panel * 16, targetChannels, streams);
                    if (gathers == MOMENTS) gatherMoments(row.v, 8, tile == 0 && i == 0, &panelsGathered[panel]);
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
