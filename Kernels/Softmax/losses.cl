// Losses on softmax rows [N, K] and their gradients; each fused, so that no probabilities are written to memory.
// Mapping: Common/Row.h; a loss is one launch for the rows and one work-group that adds them up in fixed order.
// Cost: about 20 flops an element and exponential; 8 bytes an element for a loss, 12 for a gradient.

#include "Softmax/Row.h"

// a · b, and 0 where a is 0 even if b is infinite.
Vector productOrZero(const Vector a, const Vector b) { return select(a * b, (Vector)(0.0f), a == 0.0f); }

// perSample = −Σ_k target_k · log softmax(logits)_k
ROW_KERNEL void crossEntropyRows(
    INPUT(float, logits), INPUT(float, targets), OUTPUT(float, perSample), const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(logits); OPEN(targets); OPEN(perSample);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const SoftmaxRow s = softmaxRow(logits + start, columns, scratch);
        Vector sums = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) {
            const Vector target = load(targets + start + k, columns - k, 0.0f);
            const Vector logit = load(logits + start + k, columns - k, 0.0f);
            sums -= productOrZero(target, logProbabilities(s, logit));
        }
        const float entropy = groupSum(sums, scratch);
        if (get_local_id(0) == 0) perSample[row] = entropy;
    }
}

// loss = scale · Σ_i weights_i · perSample_i, by one work-group. A sample of weight 0 adds 0, even an infinite one.
// Without weights (`isWeighted` 0) every weight is 1 and the tensor is not read.
ROW_KERNEL void weightedSum(
    INPUT(float, perSample), INPUT(float, weights), OUTPUT(float, loss), const int count, const int isWeighted,
    const float scale) {
    OPEN(perSample); OPEN(weights); OPEN(loss);
    DECLARE_SCRATCH;
    Vector sums = (Vector)(0.0f);
    COLUMN_LOOP(i, count) {
        const Vector samples = load(perSample + i, count - i, 0.0f);
        sums += isWeighted ? productOrZero(load(weights + i, count - i, 0.0f), samples) : samples;
    }
    const float sum = groupSum(sums, scratch);
    if (get_local_id(0) == 0) loss[0] = scale * sum;
}

// gradient = lossGradient · scale · weight · (softmax(logits) · Σ_j target_j − target)
ROW_KERNEL void crossEntropyGradient(
    INPUT(float, lossGradient), INPUT(float, logits), INPUT(float, targets), INPUT(float, weights),
    OUTPUT(float, gradient), const int isWeighted, const float scale, const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(lossGradient); OPEN(logits); OPEN(targets); OPEN(weights); OPEN(gradient);
    DECLARE_SCRATCH;
    const float upstream = lossGradient[0] * scale;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const float weight = isWeighted ? weights[row] : 1.0f;
        const SoftmaxRow s = softmaxRow(logits + start, columns, scratch);
        Vector masses = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) masses += load(targets + start + k, columns - k, 0.0f);
        const float mass = groupSum(masses, scratch);
        COLUMN_LOOP(k, columns) {
            const Vector target = load(targets + start + k, columns - k, 0.0f);
            const Vector p = probabilities(s, load(logits + start + k, columns - k, -INFINITY));
            const Vector value = upstream * weight * (p * mass - target);
            store(weight == 0.0f ? (Vector)(0.0f) : value, gradient + start + k, columns - k);
        }
    }
}

// perSample = Σ_k (softmax(logits)_k − softmax(targetLogits)_k)²
ROW_KERNEL void squaredErrorRows(
    INPUT(float, logits), INPUT(float, targetLogits), OUTPUT(float, perSample), const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(logits); OPEN(targetLogits); OPEN(perSample);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const SoftmaxRow s = softmaxRow(logits + start, columns, scratch);
        const SoftmaxRow t = softmaxRow(targetLogits + start, columns, scratch);
        Vector sums = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) {
            const Vector p = probabilities(s, load(logits + start + k, columns - k, -INFINITY));
            const Vector q = probabilities(t, load(targetLogits + start + k, columns - k, -INFINITY));
            sums = multiplyAdd(p - q, p - q, sums);
        }
        const float sum = groupSum(sums, scratch);
        if (get_local_id(0) == 0) perSample[row] = sum;
    }
}

// With d = p − q: gradient = lossGradient · scale · p · (d − Σ_k d_k p_k)
ROW_KERNEL void squaredErrorGradient(
    INPUT(float, lossGradient), INPUT(float, logits), INPUT(float, targetLogits), OUTPUT(float, gradient),
    const float scale, const int columns, const int rows, const int rowsPerGroup) {
    OPEN(lossGradient); OPEN(logits); OPEN(targetLogits); OPEN(gradient);
    DECLARE_SCRATCH;
    const float upstream = lossGradient[0] * scale;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const SoftmaxRow s = softmaxRow(logits + start, columns, scratch);
        const SoftmaxRow t = softmaxRow(targetLogits + start, columns, scratch);
        Vector products = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) {
            const Vector p = probabilities(s, load(logits + start + k, columns - k, -INFINITY));
            const Vector q = probabilities(t, load(targetLogits + start + k, columns - k, -INFINITY));
            products = multiplyAdd(p - q, p, products);
        }
        const float product = groupSum(products, scratch);
        COLUMN_LOOP(k, columns) {
            const Vector p = probabilities(s, load(logits + start + k, columns - k, -INFINITY));
            const Vector q = probabilities(t, load(targetLogits + start + k, columns - k, -INFINITY));
            store(upstream * p * ((p - q) - product), gradient + start + k, columns - k);
        }
    }
}

// perSample = −Σ_k p_k log p_k of rows of probabilities.
ROW_KERNEL void entropyRows(
    INPUT(float, p), OUTPUT(float, perSample), const int columns, const int rows, const int rowsPerGroup) {
    OPEN(p); OPEN(perSample);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        Vector sums = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) {
            const Vector probability = load(p + (long)row * columns + k, columns - k, 0.0f);
            sums -= productOrZero(probability, log(probability));
        }
        const float entropy = groupSum(sums, scratch);
        if (get_local_id(0) == 0) perSample[row] = entropy;
    }
}
