// Rearranges a filter for the direct convolutions of CPU-like devices.
//
// Problem: filter [taps, Cin, Cout] becomes panels [panel][tap][depth][16]: the 16 lanes are neighbouring channels of
// the tensor that is written, depth runs over the channels of the tensor that is read (Cin forward; Cout for the input
// gradient, which transposes). Missing lanes are zeros, and behind the last panel lie `depth` more zeros: the pixel
// that stands for everything outside the image.
// Mapping: one work-item for each (tap, panel).
// Cost: reads and writes the filter once; no arithmetic.
#include "Common/Tensor.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void packFilter(
    INPUT(float, filter), OUTPUT(float, panels), const int depth, const int width, const int depthStride,
    const int widthStride) {
    OPEN(filter);
    OPEN(panels);
    const int tap = get_global_id(0), taps = get_global_size(0);
    const int panel = get_global_id(1), panelCount = get_global_size(1);
    const int lanes = min(width - panel * 16, 16);
    filter += (ulong)tap * depth * width + (ulong)panel * 16 * widthStride;
    if (tap == 0 && panel == 0) {
        __global float *zeros = panels + (ulong)panelCount * taps * depth * 16;
        for (int d = 0; d < depth; d++) zeros[d] = 0.0f;
    }
    panels += ((ulong)panel * taps + tap) * depth * 16;
    for (int d = 0; d < depth; d++) {
        for (int lane = 0; lane < 16; lane++) {
            panels[d * 16 + lane] = lane < lanes ? filter[d * depthStride + lane * widthStride] : 0.0f;
        }
    }
}
