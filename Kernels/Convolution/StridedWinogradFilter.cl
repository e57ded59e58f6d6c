// Transforms a 3×3 filter for the Winograd convolutions of stride 2.
//
// Problem, mapping: as in WinogradFilter.cl, with the transforms of StridedWinograd.h: transformed
//   [block][MATRICES][depth][16·PANELS], each matrix one vector longer than it need be.
// Cost: reads the filter once, writes 6⅔ times as much.
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/FilterTaps.h"
#include "Convolution/StridedWinograd.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void transformStridedFilter(
    INPUT(float, filter), OUTPUT(float, transformed), const int depth, const int width, const int depthStride,
    const int widthStride, const int isTurned) {
    OPEN(filter);
    OPEN(transformed);
    const int panel = get_global_id(0), firstDepth = get_global_id(1) * 16;
    const int plane = depth * PANELS + 1;
    __global float16 *place =
        (__global float16 *)transformed + (ulong)(panel / PANELS) * MATRICES * plane + panel % PANELS;
    filter += (ulong)panel * 16 * widthStride;
    for (int d = firstDepth; d < firstDepth + 16; d++) {
        float16 columns[FILTER_ROWS][3];
#pragma unroll 1
        for (int s = 0; s < 3; s++) {
            float16 taps[3];
#pragma unroll 1
            for (int r = 0; r < 3; r++) {
                __global const float *tap =
                    filter + (ulong)(isTurned ? 8 - r * 3 - s : r * 3 + s) * depth * width + (ulong)d * depthStride;
                taps[r] = panel * 16 < width ? loadStrided(tap, widthStride) : (float16)(0.0f);
            }
            const Five column = stridedFilterOfFour(taps[0], taps[2]);
#pragma unroll
            for (int i = 0; i < ODD_ROWS; i++) columns[i][s] = column.v[i];
            columns[ODD_ROWS][s] = taps[1];
        }
#pragma unroll 1
        for (int i = 0; i < FILTER_ROWS; i++) {
            const Nine row = stridedFilterOfEight(columns[i][0], columns[i][2]);
            __global float16 *vector = place + (ulong)i * FILTER_COLUMNS * plane + d * PANELS;
#pragma unroll
            for (int j = 0; j < FILTER_COLUMNS; j++) {
                vector[j * plane] = j < ODD_COLUMNS ? row.v[j] : columns[i][1];
                prefetchForWriting(vector + j * plane + PANELS);
            }
        }
    }
}
