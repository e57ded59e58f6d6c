// Transforms a 3×3 filter for Winograd's convolutions: WinogradConvolution.cl's of a TILE_WIDTH, or those of stride 2 if
// STRIDED.
//
// Problem: filter [3, 3, Cin, Cout] becomes transformed [block][MATRICES][depth][16·PANELS]: the lanes are neighbouring
//   channels of the tensor that is written, depth runs over the channels of the tensor that is read (Cin forward; Cout for
//   the input gradient, which transposes and turns the filter by 180°). Missing lanes are zeros. Both channel counts are
//   multiples of 16.
// Mapping: one work-item for each panel of 16 lanes and 16 channels of the depth.
// Cost: reads the filter once, writes four times as much, or 6⅔ times for wide tiles and stride 2; MATRICES lines of the
//   caches at a time, far from each other, which are fetched while the ones before them are computed. Each matrix is one
//   vector longer than it need be: the lines must not meet in the same sets of the caches.
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/Winograd.h"
#if STRIDED
#include "Convolution/StridedWinograd.h"
#define transformColumn(w0, w1, w2) stridedFilterColumn(w0, w1, w2)
#define transformRow(column) stridedFilterRow(column)
typedef Ten Row;
#else
#include "Convolution/WinogradRow.h"
#define FILTER_COLUMNS POINTS
#define MATRICES PLANES
#define transformColumn(w0, w1, w2) winogradFilter(w0, w1, w2)
#define transformRow(column) winogradFilterRow(column)
typedef Products Row;
#endif

// The floats first[0], first[stride], …
float16 loadStrided(__global const float *first, const int stride) {
    if (stride == 1) return vload16(0, first);
    float lanes[16];
    for (int lane = 0; lane < 16; lane++) lanes[lane] = first[lane * stride];
    return vload16(0, lanes);
}

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void transformFilter(
    INPUT(float, filter), OUTPUT(float, transformed), const int depth, const int width, const int depthStride,
    const int widthStride, const int isTurned) {
    OPEN(filter);
    OPEN(transformed);
    const int panel = get_global_id(0), firstDepth = get_global_id(1) * 16;
    const int plane = depth * PANELS + 1;
    __global float16 *place = (__global float16 *)transformed + (ulong)(panel / PANELS) * MATRICES * plane
        + panel % PANELS;
    filter += (ulong)panel * 16 * widthStride;
    for (int d = firstDepth; d < firstDepth + 16; d++) {
        float16 columns[6][3];
#pragma unroll 1
        for (int s = 0; s < 3; s++) {
            float16 taps[3];
#pragma unroll 1
            for (int r = 0; r < 3; r++) {
                __global const float *tap =
                    filter + (ulong)(isTurned ? 8 - r * 3 - s : r * 3 + s) * depth * width + (ulong)d * depthStride;
                taps[r] = panel * 16 < width ? loadStrided(tap, widthStride) : (float16)(0.0f);
            }
            const Six column = transformColumn(taps[0], taps[1], taps[2]);
#pragma unroll
            for (int i = 0; i < 6; i++) columns[i][s] = column.v[i];
        }
#pragma unroll 1
        for (int i = 0; i < 6; i++) {
            const Row row = transformRow(columns[i]);
#pragma unroll
            for (int j = 0; j < FILTER_COLUMNS; j++) {
                __global float16 *vector = place + (ulong)(i * FILTER_COLUMNS + j) * plane + d * PANELS;
                *vector = row.v[j];
                prefetchForWriting(vector + PANELS);
            }
        }
    }
}
