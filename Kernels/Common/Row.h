// Kernels over the rows of a matrix, written once for both families of devices: a work-group of ROW_ITEMS shares a row, each
// work-item taking VECTOR neighbouring elements at a time. On a CPU the group is one work-item and the trees melt away.

#include "Common/Vector.h"

#define ROW_KERNEL __kernel __attribute__((reqd_work_group_size(ROW_ITEMS, 1, 1)))

// Loops over the rows of this work-group: `rowsPerGroup` neighbouring ones of `rows`. The bounds are the same for all
// work-items of a group, so barriers may stand inside.
#define ROW_LOOP(row, rows, rowsPerGroup)                                                                          \
    for (int row = get_group_id(0) * (rowsPerGroup), end##row = row + min(rowsPerGroup, rows - row); row < end##row; \
         ++row)

// Loops over this work-item's vectors of a row; `k` is the first column. Unsigned: the step beyond the last may pass 2³¹.
#define COLUMN_LOOP(k, columns) \
    for (uint k = get_local_id(0) * VECTOR; k < (uint)(columns); k += ROW_ITEMS * VECTOR)

// Local memory for the functions below; to be declared at the beginning of a kernel.
#if ROW_ITEMS > 1
#define DECLARE_SCRATCH __local float scratch[ROW_ITEMS]
#else
#define DECLARE_SCRATCH __local float *scratch = 0
#endif

// Sum, maximum and minimum over all lanes and work-items of a group, known to all of them afterwards. Trees of a fixed
// order. The maximum passes over NaN.
#if ROW_ITEMS > 1
#define GROUP_TREE(type, name, combine)                                                   \
    type name(const type value, __local type *scratch) {                                  \
        const int item = get_local_id(0);                                                 \
        scratch[item] = value;                                                            \
        barrier(CLK_LOCAL_MEM_FENCE);                                                     \
        for (int reach = ROW_ITEMS / 2; reach > 0; reach /= 2) {                          \
            if (item < reach) scratch[item] = combine(scratch[item], scratch[item + reach]);\
            barrier(CLK_LOCAL_MEM_FENCE);                                                 \
        }                                                                                 \
        const type result = scratch[0];                                                   \
        /* Nobody may write the next value before all have read this one. */              \
        barrier(CLK_LOCAL_MEM_FENCE);                                                     \
        return result;                                                                    \
    }
#else
#define GROUP_TREE(type, name, combine) \
    type name(const type value, __local type *scratch) { return value; }
#endif

#define PLUS(a, b) ((a) + (b))
GROUP_TREE(float, sumOfItems, PLUS)
GROUP_TREE(float, largestOfItems, fmax)
GROUP_TREE(int, groupMinimum, min)

float groupSum(const Vector value, __local float *scratch) { return sumOfItems(sumOfLanes(value), scratch); }
float groupMaximum(const Vector value, __local float *scratch) { return largestOfItems(largestLane(value), scratch); }
