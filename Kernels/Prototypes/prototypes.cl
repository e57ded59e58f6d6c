// Rows of length one, and the cosine between features [N, D] and prototypes [K, D].
// Mapping: Common/Row.h; for the cosines a "row" is a pair (feature, prototype).
// Cost: normalisation 3 flops and 12 bytes an element; cosines 6·N·K·D flops, since both norms are computed again for each
// pair, which costs less than another launch and a tensor of norms; their gradient 2·N·K·D flops.

#include "Common/Row.h"
#include "Common/Tensor.h"

// Vectors as short as this have no direction and count as zeros.
#define SHORTEST 1e-12f

// 1 / √squares, or 0 where the root is at most `shortest`. NaN stays NaN.
float inverseNorm(const float squares, const float shortest) {
    const float norm = sqrt(squares);
    return norm <= shortest ? 0.0f : 1.0f / norm;
}

// x / |x|, or zeros where the norm is at most `shortest`. Divided, not multiplied by the inverse: a vector of a single
// element becomes exactly ±1, and what is perpendicular to it exactly 0.
Vector directionOf(const Vector x, const float norm, const float shortest) {
    return norm <= shortest ? (Vector)(0.0f) : x / norm;
}

// Σ a_d b_d over a row, by all work-items of the group.
float rowProduct(
    __global const float *a, __global const float *b, const int columns, __local float *scratch) {
    Vector sums = (Vector)(0.0f);
    COLUMN_LOOP(d, columns) {
        sums = multiplyAdd(load(a + d, columns - d, 0.0f), load(b + d, columns - d, 0.0f), sums);
    }
    return groupSum(sums, scratch);
}

ROW_KERNEL void l2Normalize(
    INPUT(float, x), OUTPUT(float, y), const float epsilon, const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(x); OPEN(y);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const float scale = inverseNorm(rowProduct(x + start, x + start, columns, scratch), epsilon);
        COLUMN_LOOP(d, columns) {
            store(load(x + start + d, columns - d, 0.0f) * scale, y + start + d, columns - d);
        }
    }
}

// With y = x / |x|: inputGradient = (outputGradient − y <outputGradient, y>) / |x|.
ROW_KERNEL void l2NormalizeGradient(
    INPUT(float, outputGradient), INPUT(float, x), OUTPUT(float, inputGradient), const float epsilon,
    const int columns, const int rows, const int rowsPerGroup) {
    OPEN(outputGradient); OPEN(x); OPEN(inputGradient);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const float squares = rowProduct(x + start, x + start, columns, scratch);
        const float norm = sqrt(squares), scale = inverseNorm(squares, epsilon);
        Vector products = (Vector)(0.0f);
        COLUMN_LOOP(d, columns) {
            const Vector direction = directionOf(load(x + start + d, columns - d, 0.0f), norm, epsilon);
            products = multiplyAdd(load(outputGradient + start + d, columns - d, 0.0f), direction, products);
        }
        const float along = groupSum(products, scratch);
        COLUMN_LOOP(d, columns) {
            const Vector gradient = load(outputGradient + start + d, columns - d, 0.0f);
            const Vector direction = directionOf(load(x + start + d, columns - d, 0.0f), norm, epsilon);
            store((gradient - direction * along) * scale, inputGradient + start + d, columns - d);
        }
    }
}

// logits_ik = <z_i, c_k> / (|z_i| |c_k| temperature); `pairs` counts i · classes + k.
ROW_KERNEL void cosineSimilarity(
    INPUT(float, features), INPUT(float, prototypes), OUTPUT(float, logits), const float temperature,
    const int classes, const int columns, const int pairs, const int pairsPerGroup) {
    OPEN(features); OPEN(prototypes); OPEN(logits);
    DECLARE_SCRATCH;
    ROW_LOOP(pair, pairs, pairsPerGroup) {
        __global const float *z = features + (long)(pair / classes) * columns;
        __global const float *c = prototypes + (long)(pair % classes) * columns;
        Vector products = (Vector)(0.0f), featureSquares = (Vector)(0.0f), prototypeSquares = (Vector)(0.0f);
        COLUMN_LOOP(d, columns) {
            const Vector a = load(z + d, columns - d, 0.0f);
            const Vector b = load(c + d, columns - d, 0.0f);
            products = multiplyAdd(a, b, products);
            featureSquares = multiplyAdd(a, a, featureSquares);
            prototypeSquares = multiplyAdd(b, b, prototypeSquares);
        }
        const float product = groupSum(products, scratch);
        const float featureScale = inverseNorm(groupSum(featureSquares, scratch), SHORTEST);
        const float prototypeScale = inverseNorm(groupSum(prototypeSquares, scratch), SHORTEST);
        if (get_local_id(0) == 0) logits[pair] = product * featureScale * prototypeScale / temperature;
    }
}

// scales_k = 1 / |c_k|, or 0 for a prototype without direction.
ROW_KERNEL void inverseNorms(
    INPUT(float, x), OUTPUT(float, scales), const int columns, const int rows, const int rowsPerGroup) {
    OPEN(x); OPEN(scales);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const float scale = inverseNorm(rowProduct(x + start, x + start, columns, scratch), SHORTEST);
        if (get_local_id(0) == 0) scales[row] = scale;
    }
}

// With g_i = Σ_k logitsGradient_ik c_k / (|c_k| temperature) and ẑ = z / |z|:
// featuresGradient = (g − ẑ <g, ẑ>) / |z|. Between the two passes g waits in featuresGradient, where each work-item reads
// only what it has written itself.
ROW_KERNEL void cosineSimilarityGradient(
    INPUT(float, logitsGradient), INPUT(float, features), INPUT(float, prototypes), INPUT(float, prototypeScales),
    OUTPUT(float, featuresGradient), const float temperature, const int classes, const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(logitsGradient); OPEN(features); OPEN(prototypes); OPEN(prototypeScales); OPEN(featuresGradient);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        __global const float *z = features + (long)row * columns;
        __global float *result = featuresGradient + (long)row * columns;
        const float squares = rowProduct(z, z, columns, scratch);
        const float norm = sqrt(squares), scale = inverseNorm(squares, SHORTEST);
        Vector products = (Vector)(0.0f);
        COLUMN_LOOP(d, columns) {
            Vector g = (Vector)(0.0f);
            for (int k = 0; k < classes; ++k) {
                const float factor = logitsGradient[(long)row * classes + k] * prototypeScales[k] / temperature;
                g = multiplyAdd((Vector)(factor), load(prototypes + (long)k * columns + d, columns - d, 0.0f), g);
            }
            products = multiplyAdd(g, directionOf(load(z + d, columns - d, 0.0f), norm, SHORTEST), products);
            store(g, result + d, columns - d);
        }
        const float along = groupSum(products, scratch);
        COLUMN_LOOP(d, columns) {
            const Vector g = load(result + d, columns - d, 0.0f);
            const Vector direction = directionOf(load(z + d, columns - d, 0.0f), norm, SHORTEST);
            store((g - direction * along) * scale, result + d, columns - d);
        }
    }
}
