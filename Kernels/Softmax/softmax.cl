// Softmax, log-softmax and their gradients over the rows of [N, K].
// Mapping: Common/Row.h. The largest element of a row is subtracted before anything is raised to a power.
// Cost: about 20 flops an element (the exponential); 12 bytes an element, the row being in cache when it is read again.

#include "Softmax/Row.h"

ROW_KERNEL void softmax(
    INPUT(float, x), OUTPUT(float, y), const int columns, const int rows, const int rowsPerGroup) {
    OPEN(x); OPEN(y);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const SoftmaxRow s = softmaxRow(x + start, columns, scratch);
        COLUMN_LOOP(k, columns) {
            store(probabilities(s, load(x + start + k, columns - k, -INFINITY)), y + start + k, columns - k);
        }
    }
}

ROW_KERNEL void logSoftmax(
    INPUT(float, x), OUTPUT(float, y), const int columns, const int rows, const int rowsPerGroup) {
    OPEN(x); OPEN(y);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const SoftmaxRow s = softmaxRow(x + start, columns, scratch);
        COLUMN_LOOP(k, columns) {
            store(logProbabilities(s, load(x + start + k, columns - k, -INFINITY)), y + start + k, columns - k);
        }
    }
}

// y is the softmax: inputGradient = y · (outputGradient − Σ outputGradient · y).
ROW_KERNEL void softmaxGradient(
    INPUT(float, outputGradient), INPUT(float, y), OUTPUT(float, inputGradient), const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(outputGradient); OPEN(y); OPEN(inputGradient);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        Vector products = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) {
            const Vector gradient = load(outputGradient + start + k, columns - k, 0.0f);
            products = multiplyAdd(gradient, load(y + start + k, columns - k, 0.0f), products);
        }
        const float product = groupSum(products, scratch);
        COLUMN_LOOP(k, columns) {
            const Vector gradient = load(outputGradient + start + k, columns - k, 0.0f);
            const Vector output = load(y + start + k, columns - k, 0.0f);
            store(output * (gradient - product), inputGradient + start + k, columns - k);
        }
    }
}

// y is the log-softmax: inputGradient = outputGradient − exp(y) · Σ outputGradient.
ROW_KERNEL void logSoftmaxGradient(
    INPUT(float, outputGradient), INPUT(float, y), OUTPUT(float, inputGradient), const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(outputGradient); OPEN(y); OPEN(inputGradient);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        Vector sums = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) sums += load(outputGradient + start + k, columns - k, 0.0f);
        const float sum = groupSum(sums, scratch);
        COLUMN_LOOP(k, columns) {
            const Vector gradient = load(outputGradient + start + k, columns - k, 0.0f);
            const Vector output = load(y + start + k, columns - k, 0.0f);
            store(gradient - exp(output) * sum, inputGradient + start + k, columns - k);
        }
    }
}
