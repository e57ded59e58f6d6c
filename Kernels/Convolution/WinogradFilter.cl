// Transforms a 3×3 filter for WinogradConvolution.cl.
//
// Problem: filter [3, 3, Cin, Cout] becomes transformed [block][PLANES][depth][16·PANELS]: the lanes are neighbouring
//   channels of the tensor that is written, depth runs over the channels of the tensor that is read (Cin forward; Cout for
//   the input gradient, which transposes and turns the filter by 180°). Missing lanes are zeros. Both channel counts are
//   multiples of 16.
// Mapping: one work-item for each panel of 16 lanes and 16 channels of the depth.
// Cost: reads the filter once, writes four times as much, or 6⅔ times for wide tiles; PLANES lines of the caches at a time,
//   far from each other, which are fetched while the ones before them are computed. Each plane is one vector longer than it
//   need be: the lines must not meet in the same sets of the caches.
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/FilterTaps.h"
#include "Convolution/WinogradRow.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void transformFilter(
    INPUT(float, filter), OUTPUT(float, transformed), const int depth, const int width, const int depthStride,
    const int widthStride, const int isTurned) {
    OPEN(filter);
    OPEN(transformed);
    const int panel = get_global_id(0), firstDepth = get_global_id(1) * 16;
    const int plane = depth * PANELS + 1;
    __global float16 *place = (__global float16 *)transformed + (ulong)(panel / PANELS) * PLANES * plane
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
            const Six column = winogradFilter(taps[0], taps[1], taps[2]);
#pragma unroll
            for (int i = 0; i < 6; i++) columns[i][s] = column.v[i];
        }
#pragma unroll 1
        for (int i = 0; i < 6; i++) {
            const Products row = winogradFilterRow(columns[i]);
#pragma unroll
            for (int j = 0; j < POINTS; j++) {
                __global float16 *vector = place + (ulong)(i * POINTS + j) * plane + d * PANELS;
                *vector = row.v[j];
                prefetchForWriting(vector + PANELS);
            }
        }
    }
}
