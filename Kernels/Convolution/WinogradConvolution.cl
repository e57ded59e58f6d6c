// 3×3 convolution of stride 1 and its input gradient for CPU-like devices, by Winograd's F(4×4, 3×3) in one kernel.
//
// Problem: target[n,p,q,k] = Σ_{r,s,c} source[n, p+r−padding, q+s−padding, c] · filter[r,s,c,k]. The input gradient is
//   the same with the output gradient as the source, the padding 2 − padding, and the filter turned and transposed, which
//   WinogradFilter.cl does. Both channel counts are multiples of 16.
// Mapping: one work-item = 4 × 4 pixels of all target channels, for blocks · TILES neighbouring tiles of the batch. It
//   transforms the tiles' 6 × 6 pixels into 36 matrices [tile, c] in local memory; then, for each 16·PANELS target
//   channels, multiplies each with its matrix [c, k] of the transformed filter, TILES × PANELS float16 sums in
//   registers; and transforms the products back. A tile's pixels outside the source are zeros, those outside the target
//   not written. A source with a normalization is read as normalised; where moments are wanted, a work-item's are those
//   of a chunk of rows (BatchNormalization.cl merges them), from deviations from its first target pixel.
// Cost: 72·Cin·Cout flops for a tile where the direct sum takes 288; the transforms add 288·Cin + 240·Cout.
#include "Common/Prefetch.h"
#include "Common/Streaming.h"
#include "Convolution/Epilogue.h"
#include "Convolution/WinogradWindow.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveWinograd(
    INPUT(Activation, source), INPUT(float, filters), OUTPUT(Activation, target), ADDEND, NORMALIZATION,
    OUTPUT(float, moments), const int gathersMoments, const int sourceHeight, const int sourceWidth,
    const int sourceChannels, const int targetHeight, const int targetWidth, const int targetChannels,
    const int padding, const int tileCount, const int blocks,
    __local float16 *inputs, __local float16 *products) {
    OPEN(source);
    OPEN(filters);
    OPEN(target);
    OPEN(addend);
    OPEN_NORMALIZATION;
    OPEN(moments);
    moments += (ulong)get_global_id(0) * 2 * targetChannels;
    const int tileRows = (targetHeight + 3) / 4, tileColumns = (targetWidth + 3) / 4;
    const int firstTile = get_global_id(0) * blocks * TILES, tiles = min(blocks * TILES, tileCount - firstTile);
    const bool streams = isStreamed(target, (ulong)tileCount * 16, targetChannels);
    // inputs[36][block][c / 16][TILES] and products[36][tile][PANELS] in vectors of 16, each plane one vector longer
    // than it need be: the 36 planes must not meet in the same lines of the cache.
    const int depth = sourceChannels / 16;
    const int inputPlane = blocks * TILES * depth + 1, productPlane = blocks * TILES * PANELS + 1;

    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int tile = 0; tile < blocks * TILES; tile++) {
        const WinogradWindow window =
            winogradWindow(source, place, padding, sourceHeight, sourceWidth, sourceChannels);
        // What the next tile's window reaches beyond this one's is fetched meanwhile.
        const WinogradTile following = nextWinogradTile(place, tileRows, tileColumns);
        __global const Activation *next = source
            + (((long)following.image * sourceHeight + following.row * 4 + 2 - padding) * sourceWidth
                + following.column * 4 + 2 - padding) * sourceChannels;
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
        for (int n = 0; n < 36; n++) {
            // The lines that will be added and written are fetched while the products are computed, two rows of a tile for
            // each matrix: all at once they would have to be waited for. With many channels there is so much to compute
            // for each line that fetching what is only written gains nothing.
            const bool fetchesTarget = !streams && sourceChannels <= 64;
            if ((fetchesTarget || hasAddend) && n / 2 < tiles) {
                const int y = written.row * 4 + n % 2 * 2, x = written.column * 4;
                const ulong corner = (((ulong)written.image * targetHeight + y) * targetWidth + x) * targetChannels + k;
                for (int i = 0; i < min(2, targetHeight - y); i++) {
                    for (int j = 0; j < min(4, targetWidth - x); j++) {
                        for (int panel = 0; panel < PANELS; panel++) {
                            const ulong line = corner + (i * targetWidth + j) * targetChannels + panel * 16;
                            if (fetchesTarget) prefetchForWriting(target + line);
                            if (hasAddend) prefetchForReading(addend + line);
                        }
                    }
                }
                if (n % 2 == 1) written = nextWinogradTile(written, tileRows, tileColumns);
            }
            for (int tile = 0; tile < tiles; tile += TILES) {
                float16 sums[TILES][PANELS];
#pragma unroll
                for (int t = 0; t < TILES; t++) {
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) sums[t][panel] = 0.0f;
                }
                __local const float *values = (__local const float *)(inputs + n * inputPlane + tile * depth);
                // Into the first-level cache while this block is multiplied: the next block's tiles, and of the next
                // matrix's filter a line for each channel, which is all of it for all blocks together.
                __local const float16 *nextValues = inputs + n * inputPlane + (tile + TILES) * depth;
                __global const float16 *nextWeights = weights + sourceChannels * PANELS + tile / TILES * sourceChannels;
                for (int c = 0; c < sourceChannels; c += 16, values += TILES * 16) {
#pragma unroll 4
                    for (int i = 0; i < 16; i++) {
                        if (i % (16 / TILES) == 0) prefetchForReading(nextValues + (c + i) * TILES / 16);
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
                }
                __local float16 *product = products + n * productPlane + tile * PANELS;
#pragma unroll
                for (int t = 0; t < TILES; t++) {
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) product[t * PANELS + panel] = sums[t][panel];
                }
            }
            weights += sourceChannels * PANELS;
        }

        const int panels = min(PANELS, (targetChannels - k) / 16);
        // The sum and the squares of the targets' deviations from the first of them.
        float16 pivots[PANELS], deviations[PANELS], squares[PANELS];
        place = winogradTile(firstTile, tileRows, tileColumns);
        for (int tile = 0; tile < tiles; tile++) {
            const int height = min(4, targetHeight - place.row * 4), width = min(4, targetWidth - place.column * 4);
            const ulong corner = (((ulong)place.image * targetHeight + place.row * 4) * targetWidth + place.column * 4)
                * targetChannels + k;
            for (int panel = 0; panel < panels; panel++) {
                float16 columns[4][6];
                __local const float16 *m = products + tile * PANELS + panel;
#pragma unroll 1
                for (int j = 0; j < 6; j++, m += productPlane) {
                    const Four column = winogradOutput(
                        m[0], m[6 * productPlane], m[12 * productPlane], m[18 * productPlane], m[24 * productPlane],
                        m[30 * productPlane]);
#pragma unroll
                    for (int i = 0; i < 4; i++) columns[i][j] = column.v[i];
                }
#pragma unroll 1
                for (int i = 0; i < height; i++) {
                    Four row = winogradOutput(
                        columns[i][0], columns[i][1], columns[i][2], columns[i][3], columns[i][4], columns[i][5]);
                    const ulong line = corner + (ulong)i * targetWidth * targetChannels + panel * 16;
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        if (j >= width) break;
                        if (hasAddend) row.v[j] += loadActivation16(addend + line + j * targetChannels);
                        writeActivation16(row.v[j], target + line + j * targetChannels, streams);
                    }
                    if (gathersMoments) {
                        if (tile == 0 && i == 0) {
                            pivots[panel] = row.v[0];
                            deviations[panel] = squares[panel] = 0.0f;
                        }
#pragma unroll
                        for (int j = 0; j < 4; j++) {
                            const float16 deviation = row.v[j] - pivots[panel];
                            deviations[panel] += deviation;
                            squares[panel] = multiplyAdd(deviation, deviation, squares[panel]);
                        }
                    }
                }
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }
        if (gathersMoments) {
            for (int panel = 0; panel < panels; panel++) {
                const float16 rest = deviations[panel] / (float)(tiles * 16);
                vstore16(pivots[panel] + rest, 0, moments + k + panel * 16);
                vstore16(squares[panel] - rest * deviations[panel], 0, moments + targetChannels + k + panel * 16);
            }
        }
    }
    endStreaming(streams);
}
