// Filling and copying. Mapping: Common/Vector.h's chunks; the plain loops become vector moves on CPU devices.
// Cost: no arithmetic; fill writes each byte once, copy reads and writes each byte once.

#include "Common/Tensor.h"
#include "Common/Vector.h"

#define CHUNK_OF_SCALARS(i, count) \
    for (long i = (long)get_global_id(0) * CHUNK, end##i = min(i + CHUNK, (long)(count)); i < end##i; ++i)

CHUNK_KERNEL void fillFloats(OUTPUT(float, y), const int count, const float value) {
    OPEN(y);
    CHUNK_OF_SCALARS(i, count) y[i] = value;
}

CHUNK_KERNEL void fillIntegers(OUTPUT(int, y), const int count, const int value) {
    OPEN(y);
    CHUNK_OF_SCALARS(i, count) y[i] = value;
}

CHUNK_KERNEL void fillHalves(OUTPUT(half, y), const int count, const float value) {
    OPEN(y);
    CHUNK_OF_SCALARS(i, count) vstore_half_rte(value, i, y);
}

CHUNK_KERNEL void fillBytes(OUTPUT(uchar, y), const int count, const int value) {
    OPEN(y);
    CHUNK_OF_SCALARS(i, count) y[i] = (uchar)value;
}

// Floats travel as words, so that every NaN keeps its bits.
CHUNK_KERNEL void copyWords(INPUT(uint, x), OUTPUT(uint, y), const int count) {
    OPEN(x); OPEN(y);
    CHUNK_OF_SCALARS(i, count) y[i] = x[i];
}

CHUNK_KERNEL void copyHalfWords(INPUT(ushort, x), OUTPUT(ushort, y), const int count) {
    OPEN(x); OPEN(y);
    CHUNK_OF_SCALARS(i, count) y[i] = x[i];
}

CHUNK_KERNEL void copyBytes(INPUT(uchar, x), OUTPUT(uchar, y), const int count) {
    OPEN(x); OPEN(y);
    CHUNK_OF_SCALARS(i, count) y[i] = x[i];
}
