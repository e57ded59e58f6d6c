// Random numbers that depend on the stream's name and the position alone.
// Mapping: a work-item makes CHUNK neighbouring blocks of four numbers, VECTOR blocks at a time.
// Cost: about 30 operations a number (60 for normal ones), 4 bytes a number.

#include "Common/Philox.h"
#include "Common/Tensor.h"

#define BLOCK_LOOP(block, count)                                                                       \
    for (long block = (long)get_global_id(0) * CHUNK,                                                  \
              endOfChunk = min(block + CHUNK, ((long)(count) + 3) / 4);                                \
         block < endOfChunk; block += VECTOR)

// Writes the numbers (a, b, c, d) of each of VECTOR neighbouring blocks, as far as they lie inside the tensor.
void storeBlocks(
    const Vector a, const Vector b, const Vector c, const Vector d, __global float *y, const long block,
    const int count) {
    float numbers[4][VECTOR];
    wholeStore(a, numbers[0]);
    wholeStore(b, numbers[1]);
    wholeStore(c, numbers[2]);
    wholeStore(d, numbers[3]);
    const int present = min((long)count - 4 * block, 4L * VECTOR);
    for (int i = 0; i < present; ++i) y[4 * block + i] = numbers[i % 4][i / 4];
}

CHUNK_KERNEL void uniformNumbers(
    OUTPUT(float, y), const int count, const uint seedLow, const uint seedHigh, const uint purpose, const uint step,
    const uint sample) {
    OPEN(y);
    const Stream stream = {seedLow, seedHigh, purpose, step, sample};
    BLOCK_LOOP(block, count) {
        const Blocks x = philox(stream, (uint)block);
        storeBlocks(
            philoxUniform(x.a), philoxUniform(x.b), philoxUniform(x.c), philoxUniform(x.d), y, block, count);
    }
}

// Box and Muller: (u, w) becomes √(−2 ln(1 − u)) · (cos 2πw, sin 2πw).
CHUNK_KERNEL void normalNumbers(
    OUTPUT(float, y), const int count, const uint seedLow, const uint seedHigh, const uint purpose, const uint step,
    const uint sample) {
    OPEN(y);
    const Stream stream = {seedLow, seedHigh, purpose, step, sample};
    BLOCK_LOOP(block, count) {
        const Blocks x = philox(stream, (uint)block);
        const Vector radius1 = sqrt(-2.0f * log(1.0f - philoxUniform(x.a)));
        const Vector radius2 = sqrt(-2.0f * log(1.0f - philoxUniform(x.c)));
        const Vector angle1 = 2.0f * philoxUniform(x.b), angle2 = 2.0f * philoxUniform(x.d);
        storeBlocks(
            radius1 * cospi(angle1), radius1 * sinpi(angle1), radius2 * cospi(angle2), radius2 * sinpi(angle2), y,
            block, count);
    }
}
