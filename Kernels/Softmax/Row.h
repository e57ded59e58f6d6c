// What every kernel of the softmax family needs to know of a row first.

#include "Common/Row.h"
#include "Common/Tensor.h"

typedef struct {
    float largest;         // the largest logit
    float exponentialSum;  // Σ exp(logit − largest)
} SoftmaxRow;

// Two passes over a row of logits, by all work-items of the group.
SoftmaxRow softmaxRow(__global const float *logits, const int columns, __local float *scratch) {
    SoftmaxRow s;
    Vector largestSeen = (Vector)(-INFINITY);
    COLUMN_LOOP(k, columns) largestSeen = fmax(largestSeen, load(logits + k, columns - k, -INFINITY));
    s.largest = groupMaximum(largestSeen, scratch);
    Vector sums = (Vector)(0.0f);
    COLUMN_LOOP(k, columns) sums += exp(load(logits + k, columns - k, -INFINITY) - s.largest);
    s.exponentialSum = groupSum(sums, scratch);
    return s;
}

Vector probabilities(const SoftmaxRow s, const Vector logits) { return exp(logits - s.largest) / s.exponentialSum; }

Vector logProbabilities(const SoftmaxRow s, const Vector logits) {
    return (logits - s.largest) - log(s.exponentialSum);
}
