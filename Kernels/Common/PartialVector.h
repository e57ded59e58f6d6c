// Reading and writing part of a vector of 16, for the last vector of a row that is no multiple of 16 long. Nothing
// outside the lanes named is touched. Loops over lanes are not unrolled: that would take most of a kernel's compile time.
#include "Common/Activation.h"

// The first `lanes` elements (16 if there are more), the other lanes zero.
float16 loadLanes(__global const float *source, const int lanes) {
    if (lanes >= 16) return vload16(0, source);
    float values[16];
#pragma unroll 1
    for (int lane = 0; lane < 16; lane++) values[lane] = lane < lanes ? source[lane] : 0.0f;
    return vload16(0, values);
}

// Writes the first `lanes` elements, 16 if there are more.
void storeLanes(const float16 value, __global float *target, const int lanes) {
    if (lanes >= 16) {
        *(__global UnalignedVector *)target = value;
        return;
    }
    float values[16];
    vstore16(value, 0, values);
#pragma unroll 1
    for (int lane = 0; lane < lanes; lane++) target[lane] = values[lane];
}

// The same for activations.
#ifdef HALF_ACTIVATIONS
float16 loadActivationLanes(__global const half *source, const int lanes) {
    if (lanes >= 16) return vload_half16(0, source);
    float values[16];
#pragma unroll 1
    for (int lane = 0; lane < 16; lane++) values[lane] = lane < lanes ? vload_half(lane, source) : 0.0f;
    return vload16(0, values);
}

void storeActivationLanes(const float16 value, __global half *target, const int lanes) {
    if (lanes >= 16) {
        vstore_half16_rte(value, 0, target);
        return;
    }
    float values[16];
    vstore16(value, 0, values);
#pragma unroll 1
    for (int lane = 0; lane < lanes; lane++) vstore_half_rte(values[lane], lane, target);
}
#else
#define loadActivationLanes loadLanes
#define storeActivationLanes storeLanes
#endif

// Writes the lanes from `first` on; all of them if it is negative.
void storeLanesFrom(const int first, const float16 value, __global float *target) {
    if (first <= 0) {
        vstore16(value, 0, target);
        return;
    }
    float values[16];
    vstore16(value, 0, values);
#pragma unroll 1
    for (int lane = first; lane < 16; lane++) target[lane] = values[lane];
}

// The lanes from `first` on, the others zero; all of them if it is negative.
float16 loadLanesFrom(const int first, __global const float *source) {
    if (first <= 0) return vload16(0, source);
    float values[16];
#pragma unroll 1
    for (int lane = 0; lane < 16; lane++) values[lane] = lane < first ? 0.0f : source[lane];
    return vload16(0, values);
}
