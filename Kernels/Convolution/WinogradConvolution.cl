// 3×3 convolution of stride 1 and its input gradient for CPU-like devices, by Winograd's F(4×4, 3×3) or F(4×8, 3×3) in one
// kernel.
//
// Problem: target[n,p,q,k] = Σ_{r,s,c} source[n, p+r−padding, q+s−padding, c] · filter[r,s,c,k]. The input gradient is the
//   same with the output gradient as the source, the padding 2 − padding, and the filter turned and transposed, which
//   WinogradFilter.cl does. Both channel counts are multiples of 16.
// Mapping: one work-item = tiles of 4 × TILE_WIDTH pixels of all target channels, blocks · TILES neighbours of the batch.
//   It transforms the tiles' 6 × POINTS pixels into PLANES matrices [tile, c] in local memory; then, for each 16·PANELS
//   target channels, multiplies each with its matrix [c, k] of the transformed filter, TILES × PANELS float16 sums in
//   registers; and transforms the products back. A tile's pixels outside the source are zeros, those outside the target not
//   written. A source with a normalization is read as normalised. Where moments are wanted, a work-item's are those of a
//   chunk of rows (BatchNormalization.cl merges them), from deviations from its first target pixel; where the target is the
//   gradient of a normalised tensor, and NORMALIZATION that tensor's, the sums that this gradient needs.
// Cost: 72·Cin·Cout flops for a tile of 4 × 4 where the direct sum takes 288; the transforms add 288·Cin + 240·Cout. For
//   one of 4 × 8, 120·Cin·Cout for 576; the transforms 720·Cin + 590·Cout.
#include "Common/Prefetch.h"
#include "Convolution/WinogradEpilogue.h"
#include "Convolution/WinogradTileProduct.h"
#include "Convolution/WinogradWindow.h"

// Of how many channels the products are summed in registers before they go to memory. Wide tiles magnify the rounding of
// sums, which grows with their length.
#if TILE_WIDTH == 4
#define SUMMED_CHANNELS sourceChannels
#else
#define SUMMED_CHANNELS 32
#endif

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveWinograd(
    INPUT(Activation, source), INPUT(float, filters), OUTPUT(Activation, target), ADDEND, NORMALIZATION, GATHERING,
    const int sourceHeight, const int sourceWidth, const int sourceChannels, const int targetHeight,
    const int targetWidth, const int targetChannels, const int padding, const int tileCount, const int blocks,
    __local float16 *inputs, __local float16 *products) {
    OPEN(source);
    OPEN(filters);
    OPEN(target);
    OPEN(addend);
    OPEN_NORMALIZATION;
    OPEN(normalized);
    OPEN(gathered);
    gathered += (ulong)get_global_id(0) * 2 * targetChannels;
    const int tileRows = (targetHeight + 3) / 4, tileColumns = (targetWidth + TILE_WIDTH - 1) / TILE_WIDTH;
    const int firstTile = get_global_id(0) * blocks * TILES, tiles = min(blocks * TILES, tileCount - firstTile);
    const bool streams = isStreamed(target, (ulong)tileCount * 4 * TILE_WIDTH, targetChannels);
    // inputs[PLANES][block][c / 16][TILES] and products[PLANES][tile][PANELS] in vectors of 16, each plane one vector longer
    // than it need be: the planes must not meet in the same lines of the cache.
    const int depth = sourceChannels / 16;
    const int inputPlane = blocks * TILES * depth + 1, productPlane = blocks * TILES * PANELS + 1;
    const int filterPlane = sourceChannels * PANELS + 1;

    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int tile = 0; tile < blocks * TILES; tile++) {
        const WinogradWindow window =
            winogradWindow(source, place, padding, sourceHeight, sourceWidth, sourceChannels);
        // What the next tile's window reaches beyond this one's is fetched meanwhile.
        const WinogradTile following = nextWinogradTile(place, tileRows, tileColumns);
        __global const Activation *next = source
            + (((long)following.image * sourceHeight + following.row * 4 + 2 - padding) * sourceWidth
                + following.column * TILE_WIDTH + 2 - padding) * sourceChannels;
        for (int block = 0; block < depth; block++) {
            prefetchTile(next + block * 16, sourceWidth, sourceChannels);
            transformWindow(
                window, block * 16, scale, shift, mean, inverseStandardDeviation, negativeSlope, isNormalized,
                inputs + (tile / TILES * depth + block) * TILES + tile % TILES, inputPlane);
        }
        // The last block is filled up with the last tile.
        if (tile + 1 < tiles) place = nextWinogradTile(place, tileRows, tileColumns);
    }

    // The transformed filter begins where its buffer does, so it is aligned.
    __global const float16 *weights = (__global const float16 *)filters;
    for (int k = 0; k < targetChannels; k += 16 * PANELS) {
        WinogradTile written = winogradTile(firstTile, tileRows, tileColumns);
        for (int n = 0; n < PLANES; n++) {
            // The lines that will be added and written are fetched while the products are computed, two rows of a tile for
            // each matrix: all at once they would have to be waited for. With many channels there is so much to compute
            // for each line that fetching what is only written gains nothing.
            const bool fetchesTarget = !streams && sourceChannels <= 64;
            if ((fetchesTarget || hasAddend || gathers == GRADIENT_SUMS) && n / 2 < tiles) {
                const int y = written.row * 4 + n % 2 * 2, x = written.column * TILE_WIDTH;
                const ulong corner = (((ulong)written.image * targetHeight + y) * targetWidth + x) * targetChannels + k;
                for (int i = 0; i < min(2, targetHeight - y); i++) {
                    for (int j = 0; j < min(TILE_WIDTH, targetWidth - x); j++) {
                        for (int panel = 0; panel < PANELS; panel++) {
                            const ulong line = corner + (i * targetWidth + j) * targetChannels + panel * 16;
                            if (fetchesTarget) prefetchForWriting(target + line);
                            if (hasAddend) prefetchForLaterReading(addend + line);
                            if (gathers == GRADIENT_SUMS) prefetchForLaterReading(normalized + line);
                        }
                    }
                }
                if (n % 2 == 1) written = nextWinogradTile(written, tileRows, tileColumns);
            }
            for (int tile = 0; tile < tiles; tile += TILES) {
                // Of the next matrix's filter a line for each channel is all of it for all blocks together.
                multiplyTiles(
                    inputs + n * inputPlane + tile * depth, weights, products + n * productPlane + tile * PANELS,
                    sourceChannels, SUMMED_CHANNELS, inputs + n * inputPlane + (tile + TILES) * depth,
                    weights + filterPlane + tile / TILES * sourceChannels);
            }
            weights += filterPlane;
        }

        const int panels = min(PANELS, (targetChannels - k) / 16);
        Gathered panelsGathered[PANELS];
        place = winogradTile(firstTile, tileRows, tileColumns);
        for (int tile = 0; tile < tiles; tile++) {
            const int y = place.row * 4, x = place.column * TILE_WIDTH;
            const int height = min(4, targetHeight - y), width = min(TILE_WIDTH, targetWidth - x);
            const ulong corner = (((ulong)place.image * targetHeight + y) * targetWidth + x) * targetChannels + k;
            for (int panel = 0; panel < panels; panel++) {
                float16 columns[4][POINTS];
                __local const float16 *m = products + tile * PANELS + panel;
#pragma unroll 1
                for (int j = 0; j < POINTS; j++, m += productPlane) {
                    const Four column = winogradOutput(
                        m[0], m[POINTS * productPlane], m[2 * POINTS * productPlane], m[3 * POINTS * productPlane],
                        m[4 * POINTS * productPlane], m[5 * POINTS * productPlane]);
#pragma unroll
                    for (int i = 0; i < 4; i++) columns[i][j] = column.v[i];
                }
#pragma unroll 1
                for (int i = 0; i < height; i++) {
                    Pixels row = winogradOutputRow(columns[i]);
                    const ulong line = corner + (ulong)i * targetWidth * targetChannels + panel * 16;
                    writePixels(
                        row.v, TILE_WIDTH, width, target, addend, hasAddend, line, targetChannels, streams);
                    const bool isFirst = tile == 0 && i == 0;
                    const int c = k + panel * 16;
                    if (gathers == MOMENTS) {
                        gatherMoments(row.v, TILE_WIDTH, isFirst, &panelsGathered[panel]);
                    } else if (gathers == GRADIENT_SUMS) {
                        gatherGradientSums(
                            row.v, TILE_WIDTH, isFirst, normalized, line, targetChannels, scale + c, shift + c, mean + c,
                            inverseStandardDeviation + c, negativeSlope, &panelsGathered[panel]);
                    }
                }
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }
        for (int panel = 0; gathers && panel < panels; panel++) {
            storeGathered(
                panelsGathered[panel], gathers, tiles * 4 * TILE_WIDTH, gathered + k + panel * 16, targetChannels);
        }
    }
    endStreaming(streams);
}
