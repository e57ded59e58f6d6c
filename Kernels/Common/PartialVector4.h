// Reading and writing the first `count` of four or two elements, for tiles that hang over the edge of a tensor. Nothing
// outside is touched; missing elements read as zero. `count` may be negative or more than there are.
#include "Common/Activation.h"

float4 loadPart4(__global const float *source, const int count) {
    if (count >= 4) return vload4(0, source);
    float4 value = 0.0f;
    if (count > 0) value.s0 = source[0];
    if (count > 1) value.s1 = source[1];
    if (count > 2) value.s2 = source[2];
    return value;
}

void storePart4(const float4 value, __global float *target, const int count) {
    if (count >= 4) {
        vstore4(value, 0, target);
        return;
    }
    if (count > 0) target[0] = value.s0;
    if (count > 1) target[1] = value.s1;
    if (count > 2) target[2] = value.s2;
}

float2 loadPart2(__global const float *source, const int count) {
    if (count >= 2) return vload2(0, source);
    return (float2)(count > 0 ? source[0] : 0.0f, 0.0f);
}

void storePart2(const float2 value, __global float *target, const int count) {
    if (count > 0) target[0] = value.s0;
    if (count > 1) target[1] = value.s1;
}

// The same for activations.
#ifdef HALF_ACTIVATIONS
float4 loadActivationPart4(__global const half *source, const int count) {
    if (count >= 4) return vload_half4(0, source);
    float4 value = 0.0f;
    if (count > 0) value.s0 = vload_half(0, source);
    if (count > 1) value.s1 = vload_half(1, source);
    if (count > 2) value.s2 = vload_half(2, source);
    return value;
}

void storeActivationPart4(const float4 value, __global half *target, const int count) {
    if (count >= 4) {
        vstore_half4_rte(value, 0, target);
        return;
    }
    if (count > 0) vstore_half_rte(value.s0, 0, target);
    if (count > 1) vstore_half_rte(value.s1, 1, target);
    if (count > 2) vstore_half_rte(value.s2, 2, target);
}

float2 loadActivationPart2(__global const half *source, const int count) {
    if (count >= 2) return vload_half2(0, source);
    return (float2)(count > 0 ? vload_half(0, source) : 0.0f, 0.0f);
}

void storeActivationPart2(const float2 value, __global half *target, const int count) {
    if (count > 0) vstore_half_rte(value.s0, 0, target);
    if (count > 1) vstore_half_rte(value.s1, 1, target);
}
#else
#define loadActivationPart4 loadPart4
#define storeActivationPart4 storePart4
#define loadActivationPart2 loadPart2
#define storeActivationPart2 storePart2
#endif
