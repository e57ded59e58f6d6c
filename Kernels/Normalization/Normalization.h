// Batch normalization and the leaky ReLU that follows it, an element or a vector at a time: for the kernels that do nothing
// else, and for those that do it to what they read. All get the same bits. Macros, since vectors have 16 lanes or 1.

// x̂ = (x − mean) · inverseStandardDeviation
#define normalizedValue(x, mean, inverseStandardDeviation) (((x) - (mean)) * (inverseStandardDeviation))
// z = x̂ · scale + shift
#define scaledValue(normalized, scale, shift) multiplyAdd(normalized, scale, shift)
// y = z > 0 ? z : negativeSlope · z, which is the larger of the two for slopes up to 1, the only ones that the host lets
// through: one instruction instead of two. With slope 0 an infinite z gives NaN, not itself: no loss survives either.
#define leakyReLU(z, negativeSlope) select((negativeSlope) * (z), (z), (z) > (negativeSlope) * (z))
// The gradient at z, of which y has the gradient given.
#define leakyReLUGradient(gradient, z, negativeSlope) select((negativeSlope) * (gradient), (gradient), (z) > 0.0f)

// The normalization of a tensor that a kernel reads, all `[C]`; not looked at unless `isNormalized` is not 0.
#define NORMALIZATION                                                                                          \
    INPUT(float, scale), INPUT(float, shift), INPUT(float, mean), INPUT(float, inverseStandardDeviation),      \
        const float negativeSlope, const int isNormalized
#define OPEN_NORMALIZATION \
    OPEN(scale);           \
    OPEN(shift);           \
    OPEN(mean);            \
    OPEN(inverseStandardDeviation)
