// Products of small matrices in float32 by matrix units, which multiply numbers of fewer digits: each factor is split into
// two numbers of 11 binary digits ("TF32"), high and low, and
//     left · right ≈ high·high + (high·low + low·high)
// leaves out no more than 2⁻²² of a product. Three products instead of one, each many times as fast.
// Source: Ootomo, Yokota, "Recovering single precision accuracy from Tensor Cores while surpassing the FP32 theoretical
// peak performance", 2022, which also shows why long sums must not be left to the units: they round towards zero.
//
// Fragments are what each of 32 neighbouring work-items, the lanes of a warp, holds of a 16 × 8 left matrix, an 8 × 8 right
// matrix and their 16 × 8 product; g = lane / 4, t = lane % 4 (PTX ISA, "Matrix fragments for mma.m16n8k8"):
//     left    (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4)
//     right   (t, g), (t + 4, g)
//     product (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1)
//
// On NVIDIA's devices, compute capability 8 or newer, the product is an instruction. Elsewhere the lanes exchange their
// fragments through local memory and multiply them one by one: slow, but by the same arithmetic, so that what surrounds it
// can be checked on any device.

#if defined(__NV_CL_C_VERSION)
// What NVIDIA's own compiler defines, and takes.
#define INLINE_PTX asm volatile
#elif defined(__NVPTX__)
// clang for NVIDIA's devices, which leaves the other name to other dialects of C.
#define INLINE_PTX __asm__ volatile
#endif

#ifdef INLINE_PTX
#define DECLARE_EXCHANGE(warps)
#define EXCHANGE 0
#define FRAGMENT_LOOP _Pragma("unroll")
#else
// Unrolled, so many barriers would take minutes to compile.
#define FRAGMENT_LOOP _Pragma("unroll 1")
#define EXCHANGE_FLOATS (2 * 16 * 8 + 2 * 8 * 8)
#define DECLARE_EXCHANGE(warps) __local float exchange[(warps) * EXCHANGE_FLOATS];
#define EXCHANGE (exchange + get_local_id(0) / 32 * EXCHANGE_FLOATS)
#endif

// The nearest numbers with 10 binary digits behind the leading one; halves away from zero.
float4 roundToTensorFloat4(const float4 value) { return as_float4((as_uint4(value) + 0x1000u) & ~0x1fffu); }
float2 roundToTensorFloat2(const float2 value) { return as_float2((as_uint2(value) + 0x1000u) & ~0x1fffu); }

// This lane's part of the left matrix whose transpose begins at `tile`, rows of it `pitch` apart.
float4 leftFragment(__local const float *tile, const int pitch, const int lane) {
    tile += lane % 4 * pitch + lane / 4;
    return (float4)(tile[0], tile[8], tile[4 * pitch], tile[4 * pitch + 8]);
}

// This lane's part of the right matrix that begins at `tile`.
float2 rightFragment(__local const float *tile, const int pitch, const int lane) {
    tile += lane % 4 * pitch + lane / 4;
    return (float2)(tile[0], tile[4 * pitch]);
}

#ifdef INLINE_PTX

float4 multiplyTensorFloats(const float4 left, const float2 right, const float4 sum) {
    float s0 = sum.s0, s1 = sum.s1, s2 = sum.s2, s3 = sum.s3;
    const uint4 l = as_uint4(left);
    const uint2 r = as_uint2(right);
    INLINE_PTX("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(s0), "+f"(s1), "+f"(s2), "+f"(s3)
                 : "r"(l.s0), "r"(l.s1), "r"(l.s2), "r"(l.s3), "r"(r.s0), "r"(r.s1));
    return (float4)(s0, s1, s2, s3);
}

// This lane's part of the product, the small terms first.
float4 multiplyFragments(
    const float4 leftHigh, const float4 leftLow, const float2 rightHigh, const float2 rightLow,
    __local float *exchange, const int lane) {
    float4 sum = multiplyTensorFloats(leftLow, rightHigh, (float4)(0.0f));
    sum = multiplyTensorFloats(leftHigh, rightLow, sum);
    return multiplyTensorFloats(leftHigh, rightHigh, sum);
}

#else

void spreadLeft(const float4 fragment, __local float *matrix, const int lane) {
    matrix += lane / 4 * 8 + lane % 4;
    matrix[0] = fragment.s0;
    matrix[8 * 8] = fragment.s1;
    matrix[4] = fragment.s2;
    matrix[8 * 8 + 4] = fragment.s3;
}

void spreadRight(const float2 fragment, __local float *matrix, const int lane) {
    matrix += lane % 4 * 8 + lane / 4;
    matrix[0] = fragment.s0;
    matrix[4 * 8] = fragment.s1;
}

float elementOfProduct(__local const float *left, __local const float *right, const int row, const int column) {
    float sum = 0.0f;
    for (int d = 0; d < 8; d++) sum += left[row * 8 + d] * right[d * 8 + column];
    return sum;
}

float4 productOfSpread(__local const float *left, __local const float *right, const int lane) {
    const int row = lane / 4, column = lane % 4 * 2;
    return (float4)(elementOfProduct(left, right, row, column), elementOfProduct(left, right, row, column + 1),
                    elementOfProduct(left, right, row + 8, column), elementOfProduct(left, right, row + 8, column + 1));
}

float4 multiplyFragments(
    const float4 leftHigh, const float4 leftLow, const float2 rightHigh, const float2 rightLow,
    __local float *exchange, const int lane) {
    __local float *left = exchange, *right = exchange + 2 * 16 * 8;
    spreadLeft(leftHigh, left, lane);
    spreadLeft(leftLow, left + 16 * 8, lane);
    spreadRight(rightHigh, right, lane);
    spreadRight(rightLow, right + 8 * 8, lane);
    barrier(CLK_LOCAL_MEM_FENCE);
    const float4 product = productOfSpread(left + 16 * 8, right, lane) + productOfSpread(left, right + 8 * 8, lane)
        + productOfSpread(left, right, lane);
    barrier(CLK_LOCAL_MEM_FENCE);
    return product;
}

#endif
