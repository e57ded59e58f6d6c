// The loops, written once in clang's vector extensions. A file for each instruction set defines
//   INSTRUCTION_SET  its name,
//   LANES            the floats in a vector,
//   PRODUCT_ROWS, OUTER_ROWS
//                    the rows of sums, two vectors each, that fit into the registers,
//   TABLE, NARROWER  the table to define, and the address of the next one,
// and then includes this one.

#include "CVectorKernels.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Vectors in a row of sums.
#define VECTORS 2

typedef float Vector __attribute__((ext_vector_type(LANES)));
typedef Vector UnalignedVector __attribute__((aligned(4)));

INLINE Vector load(const float *address) { return *(const UnalignedVector *)address; }
INLINE void store(float *address, Vector value) { *(UnalignedVector *)address = value; }

// The first `count` lanes from memory, zeros in the others.
INLINE Vector loadPart(const float *address, size_t count) {
    Vector value = 0;
    __builtin_memcpy(&value, address, count * sizeof(float));
    return value;
}

INLINE void storePart(float *address, Vector value, size_t count) { __builtin_memcpy(address, &value, count * sizeof(float)); }

// MARK: Products with a panel

// In this and the other functions of tiles, `rows` and `vectors` are constants at each call: once the loops are
// unrolled, all sums lie in registers. A line of the panel is loaded once for all rows, and each factor is used as soon
// as it is loaded, so that it needs no register for long.
INLINE void multiplyTile(const RowProduct *product, size_t firstRow, const size_t rows, const size_t vectors) {
    const ptrdiff_t *offsets = product->aOffsets + firstRow * product->taps;
    const float *base = product->a, *zeros = product->zeros, *panel = product->panel;
    const size_t taps = product->taps, depth = product->depth;
    Vector sums[PRODUCT_ROWS][VECTORS];
    UNROLL for (size_t i = 0; i < rows; i++) {
        UNROLL for (size_t v = 0; v < vectors; v++) sums[i][v] = 0;
    }
    for (size_t tap = 0; tap < taps; tap++) {
        const float *a[PRODUCT_ROWS];
        UNROLL for (size_t i = 0; i < rows; i++) {
            ptrdiff_t offset = offsets[i * taps + tap];
            a[i] = offset < 0 ? zeros : base + offset;
        }
        for (size_t k = 0; k < depth; k++) {
            Vector line[VECTORS];
            UNROLL for (size_t v = 0; v < vectors; v++) line[v] = load(panel + v * LANES);
            UNROLL for (size_t i = 0; i < rows; i++) {
                UNROLL for (size_t v = 0; v < vectors; v++) sums[i][v] += a[i][k] * line[v];
            }
            panel += VECTORS * LANES;
        }
    }
    UNROLL for (size_t i = 0; i < rows; i++) {
        float *c = product->c + product->cOffsets[firstRow + i];
        UNROLL for (size_t v = 0; v < vectors; v++) {
            size_t column = v * LANES;
            if (column + LANES <= product->columns) {
                store(c + column, sums[i][v]);
            } else {
                storePart(c + column, sums[i][v], product->columns - column);
            }
        }
    }
}

INLINE void multiplyTiles(const RowProduct *product, const size_t vectors) {
    size_t row = 0;
    for (; row + PRODUCT_ROWS <= product->rows; row += PRODUCT_ROWS) multiplyTile(product, row, PRODUCT_ROWS, vectors);
    for (; row + 4 <= product->rows; row += 4) multiplyTile(product, row, 4, vectors);
    for (; row < product->rows; row++) multiplyTile(product, row, 1, vectors);
}

static void multiplyRows(const RowProduct *product) {
    if (product->columns > LANES) {
        multiplyTiles(product, 2);
    } else {
        multiplyTiles(product, 1);
    }
}

// MARK: Sums of outer products

// With `part`, only the columns that are left of the single vector exist.
INLINE void addOuterTile(
    const OuterProducts *products, size_t firstRow, size_t firstColumn, const size_t rows, const size_t vectors,
    const int part) {
    const size_t columnsLeft = products->columns - firstColumn;
    Vector sums[OUTER_ROWS][VECTORS];
    UNROLL for (size_t i = 0; i < rows; i++) {
        UNROLL for (size_t v = 0; v < vectors; v++) sums[i][v] = 0;
    }
    const float *firstA = products->a + firstRow;
    const float *b = products->b + firstColumn;
    const ptrdiff_t *offset = products->aOffsets;
    const size_t bStride = products->bStride, offsetStride = products->aOffsetStride;
    for (size_t left = products->count; left > 0; left--, b += bStride, offset += offsetStride) {
        if (*offset < 0) continue;
        const float *a = firstA + *offset;
        Vector line[VECTORS];
        UNROLL for (size_t v = 0; v < vectors; v++) line[v] = part ? loadPart(b, columnsLeft) : load(b + v * LANES);
        UNROLL for (size_t i = 0; i < rows; i++) {
            UNROLL for (size_t v = 0; v < vectors; v++) sums[i][v] += a[i] * line[v];
        }
    }
    UNROLL for (size_t i = 0; i < rows; i++) {
        float *c = products->c + (firstRow + i) * products->cStride + firstColumn;
        UNROLL for (size_t v = 0; v < vectors; v++) {
            if (part) {
                storePart(c, loadPart(c, columnsLeft) + sums[i][v], columnsLeft);
            } else {
                store(c + v * LANES, load(c + v * LANES) + sums[i][v]);
            }
        }
    }
}

INLINE void addOuterTiles(const OuterProducts *products, size_t column, const size_t vectors, const int part) {
    size_t row = 0;
    for (; row + OUTER_ROWS <= products->rows; row += OUTER_ROWS) {
        addOuterTile(products, row, column, OUTER_ROWS, vectors, part);
    }
    for (; row + 4 <= products->rows; row += 4) addOuterTile(products, row, column, 4, vectors, part);
    for (; row < products->rows; row++) addOuterTile(products, row, column, 1, vectors, part);
}

static void addOuterProducts(const OuterProducts *products) {
    size_t column = 0;
    for (; column + 2 * LANES <= products->columns; column += 2 * LANES) addOuterTiles(products, column, 2, 0);
    for (; column + LANES <= products->columns; column += LANES) addOuterTiles(products, column, 1, 0);
    if (column < products->columns) addOuterTiles(products, column, 1, 1);
}

// MARK: Sums and batch normalization
// Plain loops over the columns, which the compiler turns into vectors of the instruction set: memory limits them.

// One vector at a time: most tensors here have but 16 to 128 channels.
#define COLUMNS _Pragma("clang loop vectorize(assume_safety) interleave_count(1)")

static void addColumnSums(size_t rows, size_t columns, const float *x, size_t stride, double *sums) {
    for (size_t i = 0; i < rows; i++, x += stride) {
        COLUMNS for (size_t j = 0; j < columns; j++) sums[j] += (double)x[j];
    }
}

static void addSquaredDeviations(size_t rows, size_t columns, const float *x, const double *means, double *sums) {
    for (size_t i = 0; i < rows; i++, x += columns) {
        COLUMNS for (size_t j = 0; j < columns; j++) {
            double deviation = (double)x[j] - means[j];
            sums[j] += deviation * deviation;
        }
    }
}

INLINE float normalizedAt(const Normalization *n, const float *x, size_t c) {
    return (x[c] - n->means[c]) * n->inverseDeviations[c];
}

// The backward pass must find z on the same side of 0 as the forward pass: both compute it here.
INLINE float scaledAt(const Normalization *n, float normalized, size_t c) {
    return normalized * n->scales[c] + n->shifts[c];
}

static void normalize(const Normalization *normalization, float *y) {
    const Normalization n = *normalization;
    const float *x = n.x;
    for (size_t i = 0; i < n.rows; i++, x += n.channels, y += n.channels) {
        COLUMNS for (size_t c = 0; c < n.channels; c++) {
            float z = scaledAt(&n, normalizedAt(&n, x, c), c);
            y[c] = z > 0 ? z : n.negativeSlope * z;
        }
    }
}

static void addNormalizationGradientSums(
    const Normalization *normalization, const float *dy, double *sums, double *products) {
    const Normalization n = *normalization;
    const float *x = n.x;
    for (size_t i = 0; i < n.rows; i++, x += n.channels, dy += n.channels) {
        COLUMNS for (size_t c = 0; c < n.channels; c++) {
            float normalized = normalizedAt(&n, x, c);
            float g = scaledAt(&n, normalized, c) > 0 ? dy[c] : n.negativeSlope * dy[c];
            sums[c] += (double)g;
            products[c] += (double)g * (double)normalized;
        }
    }
}

static void computeNormalizationGradient(
    const Normalization *normalization, const float *dy, const float *meanGradients, const float *meanProducts,
    float *dx) {
    const Normalization n = *normalization;
    const float *x = n.x;
    for (size_t i = 0; i < n.rows; i++, x += n.channels, dy += n.channels, dx += n.channels) {
        COLUMNS for (size_t c = 0; c < n.channels; c++) {
            float normalized = normalizedAt(&n, x, c);
            float g = scaledAt(&n, normalized, c) > 0 ? dy[c] : n.negativeSlope * dy[c];
            float centred = g - meanGradients[c] - normalized * meanProducts[c];
            dx[c] = n.scales[c] * n.inverseDeviations[c] * centred;
        }
    }
}

// MARK: The most that the processor does

// Enough independent sums that none waits for the one before it. They tend to 1: no infinities, and no denormal numbers,
// which some processors handle slowly.
#define PEAK_SUMS 8

static float multiplyAdds(size_t rounds) {
    const Vector half = 0.5f;
    Vector sums[PEAK_SUMS];
    UNROLL for (size_t i = 0; i < PEAK_SUMS; i++) sums[i] = (float)i;
    for (size_t round = 0; round < rounds; round++) {
        UNROLL for (size_t i = 0; i < PEAK_SUMS; i++) sums[i] = sums[i] * half + half;
    }
    Vector total = 0;
    UNROLL for (size_t i = 0; i < PEAK_SUMS; i++) total += sums[i];
    return total[0];
}

const VectorKernels TABLE = {
    .instructionSet = INSTRUCTION_SET,
    .panelColumns = VECTORS * LANES,
    .multiplyRows = multiplyRows,
    .addOuterProducts = addOuterProducts,
    .addColumnSums = addColumnSums,
    .addSquaredDeviations = addSquaredDeviations,
    .normalize = normalize,
    .addNormalizationGradientSums = addNormalizationGradientSums,
    .computeNormalizationGradient = computeNormalizationGradient,
    .multiplyAdds = multiplyAdds,
    .multiplyAddsPerRound = PEAK_SUMS * LANES,
    .narrower = NARROWER,
};
