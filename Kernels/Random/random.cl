// Random numbers that depend on the stream's name and the position alone.
// Mapping: a work-item makes CHUNK neighbouring blocks of four numbers.
// Cost: about 30 flops a number (60 for normal ones), 4 bytes a number.

#include "Common/Philox.h"
#include "Common/Tensor.h"
#include "Common/Vector.h"

#define BLOCK_LOOP(block, count)                                                                  \
    for (long block = (long)get_global_id(0) * CHUNK,                                             \
              endOfChunk = min(block + CHUNK, ((long)(count) + 3) / 4);                           \
         block < endOfChunk; ++block)

// Four numbers of a block, fewer at the tensor's end.
void storeBlock(const float4 numbers, __global float *y, const long block, const int count) {
    const long i = 4 * block;
    if (i + 4 <= count) {
        vstore4(numbers, 0, y + i);
        return;
    }
    y[i] = numbers.x;
    if (i + 1 < count) y[i + 1] = numbers.y;
    if (i + 2 < count) y[i + 2] = numbers.z;
}

CHUNK_KERNEL void uniformNumbers(
    OUTPUT(float, y), const int count, const uint seedLow, const uint seedHigh, const uint purpose, const uint step,
    const uint sample) {
    OPEN(y);
    BLOCK_LOOP(block, count) {
        const uint4 words = philox((uint)block, sample, step, purpose, (uint2)(seedLow, seedHigh));
        storeBlock(philoxUniform(words), y, block, count);
    }
}

// Box and Muller: (u, w) becomes √(−2 ln(1 − u)) · (cos 2πw, sin 2πw).
CHUNK_KERNEL void normalNumbers(
    OUTPUT(float, y), const int count, const uint seedLow, const uint seedHigh, const uint purpose, const uint step,
    const uint sample) {
    OPEN(y);
    BLOCK_LOOP(block, count) {
        const uint4 words = philox((uint)block, sample, step, purpose, (uint2)(seedLow, seedHigh));
        const float4 u = philoxUniform(words);
        const float2 radius = sqrt(-2.0f * log(1.0f - u.xz));
        const float2 angle = 2.0f * u.yw;
        const float2 cosine = radius * cospi(angle), sine = radius * sinpi(angle);
        storeBlock((float4)(cosine.x, sine.x, cosine.y, sine.y), y, block, count);
    }
}
