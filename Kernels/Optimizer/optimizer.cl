// Updates over a whole arena of parameters, in place, one launch each.
// Mapping: Common/Vector.h's chunks.
// Cost: 2 to 15 flops an element; gradient descent moves 12 bytes an element, with velocity 20, Adam 28, the moving
// average 12.

#include "Common/Tensor.h"
#include "Common/Vector.h"

// p ← p − learningRate · (gradientScale · g + weightDecay · p)
CHUNK_KERNEL void gradientDescent(
    INOUT(float, parameters), INPUT(float, gradients), const int count, const float learningRate,
    const float weightDecay, const float gradientScale) {
    OPEN(parameters); OPEN(gradients);
    CHUNK_LOOP(i, count) {
        const Vector p = load(parameters + i, count - i, 0.0f);
        const Vector g = gradientScale * load(gradients + i, count - i, 0.0f) + weightDecay * p;
        store(p - learningRate * g, parameters + i, count - i);
    }
}

// g ← gradientScale · g + weightDecay · p; v ← momentum · v + g; p ← p − learningRate · (nesterov ? g + momentum · v : v)
CHUNK_KERNEL void gradientDescentWithMomentum(
    INOUT(float, parameters), INPUT(float, gradients), INOUT(float, velocity), const int count,
    const float learningRate, const float weightDecay, const float momentum, const int nesterov,
    const float gradientScale) {
    OPEN(parameters); OPEN(gradients); OPEN(velocity);
    CHUNK_LOOP(i, count) {
        const Vector p = load(parameters + i, count - i, 0.0f);
        const Vector g = gradientScale * load(gradients + i, count - i, 0.0f) + weightDecay * p;
        const Vector v = momentum * load(velocity + i, count - i, 0.0f) + g;
        store(v, velocity + i, count - i);
        store(p - learningRate * (nesterov ? g + momentum * v : v), parameters + i, count - i);
    }
}

// g ← gradientScale · g + penalty · p; m ← firstDecay · m + (1 − firstDecay) · g; v ← secondDecay · v + (1 − secondDecay) · g²;
// p ← shrinkage · p − learningRate · (m / firstCorrection) / (√(v / secondCorrection) + epsilon)
CHUNK_KERNEL void adam(
    INOUT(float, parameters), INPUT(float, gradients), INOUT(float, firstMoment), INOUT(float, secondMoment),
    const int count, const float learningRate, const float penalty, const float shrinkage, const float firstDecay,
    const float secondDecay, const float firstCorrection, const float secondCorrection, const float epsilon,
    const float gradientScale) {
    OPEN(parameters); OPEN(gradients); OPEN(firstMoment); OPEN(secondMoment);
    CHUNK_LOOP(i, count) {
        const Vector p = load(parameters + i, count - i, 0.0f);
        const Vector g = gradientScale * load(gradients + i, count - i, 0.0f) + penalty * p;
        const Vector m = firstDecay * load(firstMoment + i, count - i, 0.0f) + (1.0f - firstDecay) * g;
        const Vector v = secondDecay * load(secondMoment + i, count - i, 0.0f) + (1.0f - secondDecay) * g * g;
        store(m, firstMoment + i, count - i);
        store(v, secondMoment + i, count - i);
        const Vector denominator = sqrt(v / secondCorrection) + epsilon;
        store(shrinkage * p - learningRate * (m / firstCorrection) / denominator, parameters + i, count - i);
    }
}

// average ← decay · average + (1 − decay) · value
CHUNK_KERNEL void movingAverage(INOUT(float, average), INPUT(float, value), const int count, const float decay) {
    OPEN(average); OPEN(value);
    CHUNK_LOOP(i, count) {
        const Vector old = load(average + i, count - i, 0.0f);
        store(decay * old + (1.0f - decay) * load(value + i, count - i, 0.0f), average + i, count - i);
    }
}
