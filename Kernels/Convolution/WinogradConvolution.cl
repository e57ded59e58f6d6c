// 3×3 convolution of stride 1 and its input gradient for CPU-like devices, by Winograd's F(4×4, 3×3) in one kernel.
//
// Problem: target[n,p,q,k] = Σ_{r,s,c} source[n, p+r−padding, q+s−padding, c] · filter[r,s,c,k]. The input gradient is
//   the same with the output gradient as the source, the padding 2 − padding, and the filter turned and transposed, which
//   WinogradFilter.cl does. Both channel counts are multiples of 16.
// Mapping: one work-item = 4 × 4 pixels of all target channels, for blocks · TILES neighbouring tiles of the batch. It
//   transforms the tiles' 6 × 6 pixels into 36 matrices [tile, c] in local memory; then, for each 16·PANELS target
//   channels, multiplies each with its matrix [c, k] of the transformed filter, TILES × PANELS float16 sums in
//   registers; and transforms the products back. A tile's pixels outside the source are zeros, those outside the target
//   not written.
// Cost: 72·Cin·Cout flops for a tile where the direct sum takes 288; the transforms add 288·Cin + 240·Cout.
#include "Convolution/Epilogue.h"
#include "Convolution/Winograd.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveWinograd(
    INPUT(float, source), INPUT(float, filters), OUTPUT(float, target), ADDEND, const int sourceHeight,
    const int sourceWidth, const int sourceChannels, const int targetHeight, const int targetWidth,
    const int targetChannels, const int padding, const int tileCount, const int blocks,
    __local float16 *inputs, __local float16 *products) {
    OPEN(source);
    OPEN(filters);
    OPEN(target);
    OPEN(addend);
    const int tileRows = (targetHeight + 3) / 4, tileColumns = (targetWidth + 3) / 4;
    const int firstTile = get_global_id(0) * blocks * TILES, tiles = min(blocks * TILES, tileCount - firstTile);
    // inputs[36][block][c / 16][TILES] and products[36][tile][PANELS] in vectors of 16, each plane one vector longer
    // than it need be: the 36 planes must not meet in the same lines of the cache.
    const int depth = sourceChannels / 16;
    const int inputPlane = blocks * TILES * depth + 1, productPlane = blocks * TILES * PANELS + 1;

    WinogradTile place = winogradTile(firstTile, tileRows, tileColumns);
    for (int tile = 0; tile < blocks * TILES; tile++) {
        const int top = place.row * 4 - padding, left = place.column * 4 - padding;
        __global const float *corner =
            source + (((long)place.image * sourceHeight + top) * sourceWidth + left) * sourceChannels;
        for (int block = 0; block < depth; block++) {
            float16 columns[6][6];
            // Loops that are not unrolled, here and below: the cache is the limit, and the compiler takes less long.
#pragma unroll 1
            for (int j = 0; j < 6; j++) {
                float16 d[6];
#pragma unroll
                for (int i = 0; i < 6; i++) {
                    d[i] = 0.0f;
                    if (isInside(top + i, sourceHeight) && isInside(left + j, sourceWidth)) {
                        d[i] = vload16(0, corner + (i * sourceWidth + j) * sourceChannels + block * 16);
                    }
                }
                const Six column = winogradInput(d[0], d[1], d[2], d[3], d[4], d[5]);
#pragma unroll
                for (int i = 0; i < 6; i++) columns[i][j] = column.v[i];
            }
            __local float16 *input = inputs + (tile / TILES * depth + block) * TILES + tile % TILES;
#pragma unroll 1
            for (int i = 0; i < 6; i++) {
                const Six row = winogradInput(
                    columns[i][0], columns[i][1], columns[i][2], columns[i][3], columns[i][4], columns[i][5]);
#pragma unroll
                for (int j = 0; j < 6; j++) input[(i * 6 + j) * inputPlane] = row.v[j];
            }
        }
        // The last block is filled up with the last tile.
        if (tile + 1 < tiles) place = nextWinogradTile(place, tileRows, tileColumns);
    }

    // The transformed filter begins where its buffer does, so it is aligned.
    __global const float16 *weights = (__global const float16 *)filters;
    for (int k = 0; k < targetChannels; k += 16 * PANELS) {
        WinogradTile written = winogradTile(firstTile, tileRows, tileColumns);
        for (int n = 0; n < 36; n++) {
            // The lines that will be written are fetched while the products are computed, two rows of a tile for each
            // matrix: all at once they would have to be waited for. With many channels there is so much to compute for
            // each line that fetching ahead gains nothing.
            if (sourceChannels <= 64 && n / 2 < tiles) {
                const int y = written.row * 4 + n % 2 * 2, x = written.column * 4;
                __global const float *corner = target
                    + (((ulong)written.image * targetHeight + y) * targetWidth + x) * targetChannels + k;
                for (int i = 0; i < min(2, targetHeight - y); i++) {
                    for (int j = 0; j < min(4, targetWidth - x); j++) {
                        for (int panel = 0; panel < PANELS; panel++) {
                            prefetchForWriting(corner + (i * targetWidth + j) * targetChannels + panel * 16);
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
                for (int c = 0; c < sourceChannels; c += 16, values += TILES * 16) {
#pragma unroll 4
                    for (int i = 0; i < 16; i++) {
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
                    const Four row = winogradOutput(
                        columns[i][0], columns[i][1], columns[i][2], columns[i][3], columns[i][4], columns[i][5]);
                    const ulong line = corner + (ulong)i * targetWidth * targetChannels + panel * 16;
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        if (j >= width) break;
                        storeSums(row.v[j], target, addend, hasAddend, line + j * targetChannels, 16);
                    }
                }
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }
    }
}
