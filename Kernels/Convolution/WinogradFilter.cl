// Transforms a 3×3 filter for WinogradConvolution.cl.
//
// Problem: filter [3, 3, Cin, Cout] becomes transformed [block][36][depth][16·PANELS]: the lanes are neighbouring channels
// of the tensor that is written, depth runs over the channels of the tensor that is read (Cin forward; Cout for the input
// gradient, which transposes and turns the filter by 180°). Missing lanes are zeros. Both channel counts are multiples of
// 16.
// Mapping: one work-item for each panel of 16 lanes and 16 channels of the depth.
// Cost: reads the filter once, writes four times as much; 36 lines of the caches at a time, far from each other, which are
// fetched while the ones before them are computed.
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/Winograd.h"

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
    __global float16 *place = (__global float16 *)transformed + (ulong)(panel / PANELS) * 36 * depth * PANELS
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
            const Six six = winogradFilter(taps[0], taps[1], taps[2]);
#pragma unroll
            for (int i = 0; i < 6; i++) columns[i][s] = six.v[i];
        }
#pragma unroll 1
        for (int i = 0; i < 6; i++) {
            const Six six = winogradFilter(columns[i][0], columns[i][1], columns[i][2]);
#pragma unroll
            for (int j = 0; j < 6; j++) {
                __global float16 *vector = place + ((ulong)(i * 6 + j) * depth + d) * PANELS;
                *vector = six.v[j];
                prefetchForWriting(vector + PANELS);
            }
        }
    }
}
