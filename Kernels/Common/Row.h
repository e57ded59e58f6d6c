// Kernels over the rows of a matrix, written once for both families of devices: GROUP work-items share a row, each taking
// VECTOR neighbouring elements at a time. On a CPU the group is one work-item and these functions melt away.

#include "Common/Vector.h"

#define ROW_KERNEL __kernel __attribute__((reqd_work_group_size(GROUP, 1, 1)))

// Loops over the rows of this work-group: `rowsPerGroup` neighbouring ones of `rows`. The bounds are the same for all
// work-items of a group, so barriers may stand inside.
#define ROW_LOOP(row, rows, rowsPerGroup)                                                                 \
    for (int row = get_group_id(0) * (rowsPerGroup), end##row = min(row + (rowsPerGroup), rows); row < end##row; \
         ++row)

// Loops over this work-item's vectors of a row; `k` is the first column.
#define COLUMN_LOOP(k, columns) for (int k = get_local_id(0) * VECTOR; k < (columns); k += GROUP * VECTOR)

// Local memory for the functions below; to be declared at the beginning of a kernel.
#if GROUP > 1
#define DECLARE_SCRATCH __local float scratch[GROUP]
#else
#define DECLARE_SCRATCH __local float *scratch = 0
#endif

// The sum of `value` over all lanes and work-items of the group, known to all of them. A tree: the order is fixed.
float groupSum(const Vector value, __local float *scratch) {
    float sum = sumOfLanes(value);
#if GROUP > 1
    const int item = get_local_id(0);
    scratch[item] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = GROUP / 2; reach > 0; reach /= 2) {
        if (item < reach) scratch[item] += scratch[item + reach];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sum = scratch[0];
    // Nobody may write the next value before all have read this one.
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    return sum;
}

// The largest value of the group, NaN passed over, known to all of its work-items.
float groupMaximum(const Vector value, __local float *scratch) {
    float largest = largestLane(value);
#if GROUP > 1
    const int item = get_local_id(0);
    scratch[item] = largest;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = GROUP / 2; reach > 0; reach /= 2) {
        if (item < reach) scratch[item] = fmax(scratch[item], scratch[item + reach]);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    largest = scratch[0];
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    return largest;
}
