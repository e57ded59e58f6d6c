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
typedef double DoubleVector __attribute__((ext_vector_type(LANES)));
typedef DoubleVector UnalignedDoubleVector __attribute__((aligned(8)));

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
    const float *panel = product->panel;
    Vector sums[PRODUCT_ROWS][VECTORS];
    UNROLL for (size_t i = 0; i < rows; i++) {
        UNROLL for (size_t v = 0; v < vectors; v++) sums[i][v] = 0;
    }
    for (size_t tap = 0; tap < product->taps; tap++) {
        const float *a[PRODUCT_ROWS];
        UNROLL for (size_t i = 0; i < rows; i++) {
            ptrdiff_t offset = offsets[i * product->taps + tap];
            a[i] = offset < 0 ? product->zeros : product->a + offset;
        }
        for (size_t k = 0; k < product->depth; k++) {
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

// MARK: Sums in double precision

static void addColumnSums(size_t rows, size_t columns, const float *x, size_t stride, double *sums) {
    size_t column = 0;
    for (; column + LANES <= columns; column += LANES) {
        DoubleVector sum = *(UnalignedDoubleVector *)(sums + column);
        for (size_t i = 0; i < rows; i++) {
            sum += __builtin_convertvector(load(x + i * stride + column), DoubleVector);
        }
        *(UnalignedDoubleVector *)(sums + column) = sum;
    }
    for (; column < columns; column++) {
        for (size_t i = 0; i < rows; i++) sums[column] += (double)x[i * stride + column];
    }
}

const VectorKernels TABLE = {
    .instructionSet = INSTRUCTION_SET,
    .panelColumns = VECTORS * LANES,
    .multiplyRows = multiplyRows,
    .addOuterProducts = addOuterProducts,
    .addColumnSums = addColumnSums,
    .narrower = NARROWER,
};
