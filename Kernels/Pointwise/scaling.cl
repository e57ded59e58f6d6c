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

CHUNK_KERNEL void leakyReLU(INPUT(Activation, x), OUTPUT(Activation, y), const int count, const float negativeSlope) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) {
        const Vector input = loadActivations(x + i, count - i, 0.0f);
        storeActivations(select(negativeSlope * input, input, input > 0.0f), y + i, count - i);
    }
}

CHUNK_KERNEL void leakyReLUGradient(
    INPUT(Activation, outputGradient), INPUT(Activation, x), OUTPUT(Activation, inputGradient), const int count,
    const float negativeSlope) {
    OPEN(outputGradient); OPEN(x); OPEN(inputGradient);
    CHUNK_LOOP(i, count) {
        const Vector gradient = loadActivations(outputGradient + i, count - i, 0.0f);
        const Vector input = loadActivations(x + i, count - i, 0.0f);
        storeActivations(select(negativeSlope * gradient, gradient, input > 0.0f), inputGradient + i, count - i);
    }
}

// Between floats and activations; launched only where these are halves.
CHUNK_KERNEL void storeAsActivations(INPUT(float, x), OUTPUT(Activation, y), const int count) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) storeActivations(load(x + i, count - i, 0.0f), y + i, count - i);
}

CHUNK_KERNEL void loadFromActivations(INPUT(Activation, x), OUTPUT(float, y), const int count) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) store(loadActivations(x + i, count - i, 0.0f), y + i, count - i);
}
