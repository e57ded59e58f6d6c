// Sums over everything, over rows and over columns, and the largest element of each row.
// The order of every sum depends on the tensor's shape and the device's family alone. Sums over everything and over columns
// go in two stages: partial sums over parts of fixed length, then the same kernel over the partial sums.
// Cost: one flop and 4 bytes an element.

#include "Common/Row.h"
#include "Common/Tensor.h"

// Work-group g adds up `length` neighbouring elements, beginning at g · length, and writes scale · sum to y[g].
ROW_KERNEL void sumParts(
    INPUT(float, x), OUTPUT(float, y), const int count, const int length, const float scale) {
    OPEN(x); OPEN(y);
    DECLARE_SCRATCH;
    const long begin = (long)get_group_id(0) * length;
    const long end = min(begin + length, (long)count);
    Vector sum = (Vector)(0.0f);
    for (long i = begin + get_local_id(0) * VECTOR; i < end; i += ROW_ITEMS * VECTOR) {
        sum += load(x + i, end - i, 0.0f);
    }
    const float total = groupSum(sum, scratch);
    if (get_local_id(0) == 0) y[get_group_id(0)] = scale * total;
}

// Work-item (b, c) adds up VECTOR neighbouring columns over `rowsPerPart` neighbouring rows, beginning at
// c · rowsPerPart, and writes them to row c of y.
ROW_KERNEL void columnSumParts(
    INPUT(Activation, x), OUTPUT(float, y), const int rows, const int columns, const int rowsPerPart) {
    OPEN(x); OPEN(y);
    const uint k = get_global_id(0) * VECTOR;
    const int part = get_global_id(1);
    if (k >= (uint)columns) return;
    const int begin = part * rowsPerPart;
    const int end = begin + min(rowsPerPart, rows - begin);
    Vector sum = (Vector)(0.0f);
    for (int row = begin; row < end; ++row) sum += loadActivations(x + (long)row * columns + k, columns - k, 0.0f);
    store(sum, y + (long)part * columns + k, columns - k);
}

ROW_KERNEL void rowSums(
    INPUT(float, x), OUTPUT(float, y), const int columns, const int rows, const int rowsPerGroup) {
    OPEN(x); OPEN(y);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        Vector sum = (Vector)(0.0f);
        COLUMN_LOOP(k, columns) sum += load(x + (long)row * columns + k, columns - k, 0.0f);
        const float total = groupSum(sum, scratch);
        if (get_local_id(0) == 0) y[row] = total;
    }
}

// The lowest column whose element no other exceeds. NaN exceeds nothing, and nothing exceeds a NaN in the first column.
ROW_KERNEL void argmaxRows(
    INPUT(float, x), OUTPUT(int, indices), OUTPUT(float, values), const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(x); OPEN(indices); OPEN(values);
    DECLARE_SCRATCH;
    ROW_LOOP(row, rows, rowsPerGroup) {
        __global const float *elements = x + (long)row * columns;
        Vector largestSeen = (Vector)(-INFINITY);
        COLUMN_LOOP(k, columns) largestSeen = fmax(largestSeen, load(elements + k, columns - k, -INFINITY));
        const float largest = groupMaximum(largestSeen, scratch);
        int first = columns;
        for (int k = get_local_id(0); k < columns && first == columns; k += ROW_ITEMS) {
            if (elements[k] == largest) first = k;
        }
        first = groupMinimum(first, (__local int *)scratch);
        if (get_local_id(0) == 0) {
            const int column = isnan(elements[0]) ? 0 : first;
            indices[row] = column;
            values[row] = elements[column];
        }
    }
}
