// The end of Winograd's convolutions for CPU-like devices: neighbouring pixels of a row leave the registers, with what is
// added to them, and what batch normalization wants to know of them is gathered on the way.
//
// Mapping: a kernel's own, 16 channels at a time. Cost: a store for each vector; a load and an addition where there is an
//   addend; 4 operations for moments; a load and 9 operations for gradient sums.
#include "Common/Streaming.h"
#include "Convolution/Epilogue.h"
#include "Normalization/Normalization.h"

// What a work-item gathers of its target: the sum and the squares of deviations from its first pixel; or, where the target
// is the gradient of a normalised tensor and NORMALIZATION that tensor's, the sum of the gradients before the activation
// and that of their products with the normalised x̂.
#define MOMENTS 1
#define GRADIENT_SUMS 2

#define GATHERING INPUT(Activation, normalized), OUTPUT(float, gathered), const int gathers

// Of 16 channels.
typedef struct {
    float16 pivot, sum, product;
} Gathered;

// Adds the addend to `count` neighbours, of which the first `width` exist, and writes these, from `line` of the target on.
__attribute__((always_inline)) void writePixels(
    float16 *pixels, const int count, const int width, __global Activation *target, __global const Activation *addend,
    const int hasAddend, const ulong line, const int channels, const bool streams) {
#pragma unroll
    for (int j = 0; j < count; j++) {
        if (j >= width) break;
        if (hasAddend) pixels[j] += loadActivation16(addend + line + j * channels);
        writeActivation16(pixels[j], target + line + j * channels, streams);
    }
}

// Gathers the moments of `count` pixels, all of which exist; `isFirst` if nothing was gathered before.
__attribute__((always_inline)) void gatherMoments(
    const float16 *pixels, const int count, const bool isFirst, Gathered *gathered) {
    if (isFirst) {
        gathered->pivot = pixels[0];
        gathered->sum = gathered->product = 0.0f;
    }
#pragma unroll
    for (int j = 0; j < count; j++) {
        const float16 deviation = pixels[j] - gathered->pivot;
        gathered->sum += deviation;
        gathered->product = multiplyAdd(deviation, deviation, gathered->product);
    }
}

// Gathers the sums of `count` pixels' gradients, all of which exist, from `line` of the normalised tensor on. The pointers
// to its normalization are those of the first of the 16 channels.
__attribute__((always_inline)) void gatherGradientSums(
    const float16 *pixels, const int count, const bool isFirst, __global const Activation *normalized, const ulong line,
    const int channels, __global const float *scale, __global const float *shift, __global const float *mean,
    __global const float *inverseStandardDeviation, const float negativeSlope, Gathered *gathered) {
    const float16 factor = vload16(0, scale), offset = vload16(0, shift);
    const float16 centre = vload16(0, mean), inverse = vload16(0, inverseStandardDeviation);
    if (isFirst) gathered->sum = gathered->product = 0.0f;
#pragma unroll
    for (int j = 0; j < count; j++) {
        const float16 value =
            normalizedValue(loadActivation16(normalized + line + j * channels), centre, inverse);
        const float16 gradient = leakyReLUGradient(pixels[j], scaledValue(value, factor, offset), negativeSlope);
        gathered->sum += gradient;
        gathered->product = multiplyAdd(gradient, value, gathered->product);
    }
}

// Stores what was gathered of `pixels` pixels, as BatchNormalization.cl merges it.
__attribute__((always_inline)) void storeGathered(
    const Gathered gathered, const int gathers, const int pixels, __global float *sums, const int channels) {
    float16 sum = gathered.sum, product = gathered.product;
    if (gathers == MOMENTS) {
        const float16 rest = sum / (float)pixels;
        product -= rest * sum;
        sum = gathered.pivot + rest;
    }
    vstore16(sum, 0, sums);
    vstore16(product, 0, sums + channels);
}
