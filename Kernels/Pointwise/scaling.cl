// Scaling, accumulating and the leaky ReLU.
// Mapping: Common/Vector.h's chunks.
// Cost: 2 flops an element; 8 bytes an element for functions of one tensor, 12 for those of two.

#include "Common/Tensor.h"
#include "Common/Vector.h"

CHUNK_KERNEL void affine(INPUT(float, x), OUTPUT(float, y), const int count, const float scale, const float shift) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) {
        store(scale * load(x + i, count - i, 0.0f) + shift, y + i, count - i);
    }
}

// Either tensor may be the other.
CHUNK_KERNEL void accumulate(INOUT(const float, x), INOUT(float, y), const int count, const float scale) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) {
        store(load(y + i, count - i, 0.0f) + scale * load(x + i, count - i, 0.0f), y + i, count - i);
    }
}

CHUNK_KERNEL void leakyReLU(INPUT(float, x), OUTPUT(float, y), const int count, const float negativeSlope) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) {
        const Vector input = load(x + i, count - i, 0.0f);
        store(select(negativeSlope * input, input, input > 0.0f), y + i, count - i);
    }
}

CHUNK_KERNEL void leakyReLUGradient(
    INPUT(float, outputGradient), INPUT(float, x), OUTPUT(float, inputGradient), const int count,
    const float negativeSlope) {
    OPEN(outputGradient); OPEN(x); OPEN(inputGradient);
    CHUNK_LOOP(i, count) {
        const Vector gradient = load(outputGradient + i, count - i, 0.0f);
        const Vector input = load(x + i, count - i, 0.0f);
        store(select(negativeSlope * gradient, gradient, input > 0.0f), inputGradient + i, count - i);
    }
}
