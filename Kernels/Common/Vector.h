// Vectors and loops for kernels that are written once for both families of devices. The host defines
//
//                  CPU-like   GPU-like
//     VECTOR       16         1          elements that a work-item handles at a time
//     CHUNK        4096       1          neighbouring elements of a work-item in pointwise kernels
//     CHUNK_ITEMS  1          256        work-items of a work-group in pointwise kernels
//     ROW_ITEMS    1          64         work-items that share a row in row kernels (Row.h)
//
// CPU compilers do not merge neighbouring work-items into vectors, so there the vector is explicit and a work-item takes a
// long run of elements; on a GPU neighbouring work-items take neighbouring elements.

#include "Common/Activation.h"

#if VECTOR == 16
typedef float16 Vector;
#define wholeLoad(pointer) vload16(0, pointer)
#define wholeStore(value, pointer) vstore16(value, 0, pointer)
typedef UnalignedVector VectorInMemory;
#else
typedef float Vector;
#define wholeLoad(pointer) (*(pointer))
#define wholeStore(value, pointer) (*(pointer) = (value))
typedef float VectorInMemory;
#endif

#define CHUNK_KERNEL __kernel __attribute__((reqd_work_group_size(CHUNK_ITEMS, 1, 1)))

// Loops over the vectors of this work-item's chunk; `i` is the first element's index.
#define CHUNK_LOOP(i, count)                                                                          \
    for (long i = (long)get_global_id(0) * CHUNK, end##i = min(i + CHUNK, (long)(count)); i < end##i; \
         i += VECTOR)

// The vector at `pointer`, of which `remaining` elements exist; the others are `padding`. Positions do not matter to the
// arithmetic: the last elements of a tensor go through the same vector instructions as the first. The loop over lanes is rare
// and stays a loop: unrolled, it would be most of what there is to compile.
Vector load(__global const float *pointer, const long remaining, const float padding) {
    if (remaining >= VECTOR) return wholeLoad(pointer);
    float elements[VECTOR];
#pragma unroll 1
    for (int lane = 0; lane < VECTOR; ++lane) elements[lane] = lane < remaining ? pointer[lane] : padding;
    return wholeLoad(elements);
}

// Writes the first `remaining` elements.
void store(const Vector value, __global float *pointer, const long remaining) {
    if (remaining >= VECTOR) {
        *(__global VectorInMemory *)pointer = value;
        return;
    }
    float elements[VECTOR];
    wholeStore(value, elements);
#pragma unroll 1
    for (int lane = 0; lane < remaining; ++lane) pointer[lane] = elements[lane];
}

// The same for activations.
#ifdef HALF_ACTIVATIONS
#if VECTOR == 16
#define wholeLoadActivation(pointer) vload_half16(0, pointer)
#define wholeStoreActivation(value, pointer) vstore_half16_rte(value, 0, pointer)
#else
#define wholeLoadActivation(pointer) vload_half(0, pointer)
#define wholeStoreActivation(value, pointer) vstore_half_rte(value, 0, pointer)
#endif

Vector loadActivations(__global const half *pointer, const long remaining, const float padding) {
    if (remaining >= VECTOR) return wholeLoadActivation(pointer);
    float elements[VECTOR];
#pragma unroll 1
    for (int lane = 0; lane < VECTOR; ++lane) elements[lane] = lane < remaining ? vload_half(lane, pointer) : padding;
    return wholeLoad(elements);
}

void storeActivations(const Vector value, __global half *pointer, const long remaining) {
    if (remaining >= VECTOR) {
        wholeStoreActivation(value, pointer);
        return;
    }
    float elements[VECTOR];
    wholeStore(value, elements);
#pragma unroll 1
    for (int lane = 0; lane < remaining; ++lane) vstore_half_rte(elements[lane], lane, pointer);
}
#else
#define loadActivations load
#define storeActivations store
#endif

// Sum and maximum over the lanes, in a fixed order. The maximum passes over NaN.
#if VECTOR == 16
float sumOfLanes(const float16 x) {
    const float8 eight = x.lo + x.hi;
    const float4 four = eight.lo + eight.hi;
    return (four.x + four.z) + (four.y + four.w);
}
float largestLane(const float16 x) {
    const float8 eight = fmax(x.lo, x.hi);
    const float4 four = fmax(eight.lo, eight.hi);
    return fmax(fmax(four.x, four.z), fmax(four.y, four.w));
}
#else
float sumOfLanes(const float x) { return x; }
float largestLane(const float x) { return x; }
#endif
