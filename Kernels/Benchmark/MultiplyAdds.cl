// How many float32 multiply-adds the device does in a second: nothing but those, from registers to registers.
//
// Mapping: every work-item keeps SUMS independent vectors (of 16 floats on CPU devices, single floats on GPUs), so that
// none waits for the one before it. The result is written only so that the compiler must compute it.
// Cost: 2 · SUMS · VECTOR · rounds floating-point operations and 4 bytes a work-item.

#include "Common/Tensor.h"
#include "Common/Vector.h"

CHUNK_KERNEL void multiplyAdds(OUTPUT(float, y), const int rounds, const float factor, const float term) {
    OPEN(y);
    Vector sums[SUMS];
#pragma unroll
    for (int i = 0; i < SUMS; ++i) sums[i] = (Vector)(i + get_local_id(0));
    // Towards term / (1 − factor): no infinities and no denormal numbers, which some processors handle slowly.
    for (int round = 0; round < rounds; ++round) {
#pragma unroll
        for (int i = 0; i < SUMS; ++i) sums[i] = multiplyAdd(sums[i], (Vector)factor, (Vector)term);
    }
    float total = 0;
#pragma unroll
    for (int i = 0; i < SUMS; ++i) total += sumOfLanes(sums[i]);
    y[get_global_id(0)] = total;
}
