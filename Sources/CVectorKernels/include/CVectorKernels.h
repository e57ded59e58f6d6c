/// The inner loops of the CPU backend, each compiled for several instruction sets; the widest that this processor has
/// is chosen at run time. Everything else of the backend is Swift.
///
/// None of these functions allocates, keeps anything, or checks a bound: the caller guarantees that every element that
/// the comments name lies inside its memory. Floats need no alignment beyond their own. Each element of a result is
/// summed in the order that is given here, so equal arguments give equal bits. Instruction sets with fused multiply-add
/// round a product and its addition once, the x86-64 baseline twice; all that fuse give the same bits.
#ifndef C_VECTOR_KERNELS_H
#define C_VECTOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

/// Rows that lie anywhere times a panel of a packed matrix: a convolution without copied patches. Source: Dukhan 2019,
/// "The Indirect Convolution Algorithm".
///
/// `c[cOffsets[i] + j] = Σ_{t < taps} Σ_{k < depth} a(i, t)[k] · panel[(t · depth + k) · panelColumns + j]`
/// for i < rows and j < columns, summed in ascending order of (t, k). `a(i, t)` is `a + aOffsets[i · taps + t]`, or
/// `zeros` where that offset is negative.
typedef struct {
    size_t rows;
    /// At most `panelColumns` of the ``VectorKernels``.
    size_t columns;
    size_t taps, depth;
    const float *_Nonnull a;
    const ptrdiff_t *_Nonnull aOffsets;
    /// `depth` zeros.
    const float *_Nonnull zeros;
    /// `taps · depth` lines of `panelColumns` floats, all of which are read.
    const float *_Nonnull panel;
    float *_Nonnull c;
    const ptrdiff_t *_Nonnull cOffsets;
} RowProduct;

/// A sum of outer products of rows that lie anywhere: the gradient of one tap of a filter.
///
/// `c[i · cStride + j] += Σ_{p < count} a(p)[i] · b[p · bStride + j]` for i < rows and j < columns; the sum begins with
/// 0, runs in ascending order of p, and is added to `c` once. `a(p)` is `a + aOffsets[p · aOffsetStride]`; where that
/// offset is negative, p adds nothing.
typedef struct {
    size_t count, rows, columns;
    const float *_Nonnull a;
    const ptrdiff_t *_Nonnull aOffsets;
    size_t aOffsetStride;
    const float *_Nonnull b;
    size_t bStride;
    float *_Nonnull c;
    size_t cStride;
} OuterProducts;

/// Batch normalization of `x` `[rows, channels]` with a leaky ReLU behind it, all vectors `[channels]`:
/// `normalized = (x − mean) · inverseDeviation`, `z = normalized · scale + shift`, `y = z > 0 ? z : negativeSlope · z`.
typedef struct {
    size_t rows, channels;
    const float *_Nonnull x;
    const float *_Nonnull means, *_Nonnull inverseDeviations, *_Nonnull scales, *_Nonnull shifts;
    float negativeSlope;
} Normalization;

/// The loops for one instruction set.
typedef struct VectorKernels {
    /// For people and tests.
    const char *_Nonnull instructionSet;
    /// Columns of a panel: those whose sums fit into the registers.
    size_t panelColumns;
    void (*_Nonnull multiplyRows)(const RowProduct *_Nonnull product);
    void (*_Nonnull addOuterProducts)(const OuterProducts *_Nonnull products);
    /// `sums[j] += Σ_{i < rows} x[i · stride + j]` for j < columns, in ascending order of i.
    void (*_Nonnull addColumnSums)(
        size_t rows, size_t columns, const float *_Nonnull x, size_t stride, double *_Nonnull sums);
    /// `sums[j] += Σ_{i < rows} (x[i · columns + j] − means[j])²` for j < columns, in ascending order of i.
    void (*_Nonnull addSquaredDeviations)(
        size_t rows, size_t columns, const float *_Nonnull x, const double *_Nonnull means, double *_Nonnull sums);
    /// Computes `y` `[rows, channels]`.
    void (*_Nonnull normalize)(const Normalization *_Nonnull normalization, float *_Nonnull y);
    /// With the gradient `g = z > 0 ? dy : negativeSlope · dy` at z: `sums += Σ g`, `products += Σ g · normalized`, for
    /// each channel and in ascending order of the rows.
    void (*_Nonnull addNormalizationGradientSums)(
        const Normalization *_Nonnull normalization, const float *_Nonnull dy, double *_Nonnull sums,
        double *_Nonnull products);
    /// `dx = scale · inverseDeviation · (g − meanGradient − normalized · meanProduct)`.
    void (*_Nonnull computeNormalizationGradient)(
        const Normalization *_Nonnull normalization, const float *_Nonnull dy, const float *_Nonnull meanGradients,
        const float *_Nonnull meanProducts, float *_Nonnull dx);
    /// Multiply-adds from registers to registers, `rounds` times `multiplyAddsPerRound` of them; for measuring how many the
    /// processor does at most. The result means nothing.
    float (*_Nonnull multiplyAdds)(size_t rounds);
    size_t multiplyAddsPerRound;
    /// The loops for the next narrower instruction set, which this processor has too.
    const struct VectorKernels *_Nullable narrower;
} VectorKernels;

/// The loops for the widest instruction set that this processor has.
const VectorKernels *_Nonnull widestVectorKernels(void);

/// Whether this processor has an instruction that multiplies and adds with one rounding.
bool processorHasFusedMultiplyAdd(void);

#endif
