// Picking, placing and grouping the rows of matrices by int32 indices. An index outside its range never becomes an address.
// Mapping: Common/Row.h, a work-group for some rows of the result, so that no two write to one place and rows that add up
// do so in ascending order, without atomics. What gathers several rows reads all N indices for each row of the result:
// N · rows integer comparisons, little beside the copying for the batches this is for.
// Cost: at most one flop an element; 8 to 12 bytes an element.

#include "Common/Row.h"
#include "Common/Tensor.h"

// y_i = x[indices_i], zeros for an index outside x.
ROW_KERNEL void gatherRows(
    INPUT(float, x), INPUT(int, indices), OUTPUT(float, y), const int sourceRows, const int columns, const int rows,
    const int rowsPerGroup) {
    OPEN(x); OPEN(indices); OPEN(y);
    ROW_LOOP(row, rows, rowsPerGroup) {
        const int index = indices[row];
        const bool exists = index >= 0 && index < sourceRows;
        __global const float *source = x + (exists ? (long)index * columns : 0);
        COLUMN_LOOP(k, columns) {
            const Vector value = exists ? load(source + k, columns - k, 0.0f) : (Vector)(0.0f);
            store(value, y + (long)row * columns + k, columns - k);
        }
    }
}

// destination[indices_i] = x_i, nothing for an index outside.
ROW_KERNEL void scatterRows(
    INPUT(float, x), INPUT(int, indices), OUTPUT(float, destination), const int destinationRows, const int columns,
    const int rows, const int rowsPerGroup) {
    OPEN(x); OPEN(indices); OPEN(destination);
    ROW_LOOP(row, rows, rowsPerGroup) {
        const int index = indices[row];
        if (index < 0 || index >= destinationRows) continue;
        COLUMN_LOOP(k, columns) {
            const Vector value = load(x + (long)row * columns + k, columns - k, 0.0f);
            store(value, destination + (long)index * columns + k, columns - k);
        }
    }
}

// Adds up, in ascending order of i, the rows of x with indices_i = wanted; returns how many there are. Each work-item
// reads and writes only its own columns of `sum`.
int addMatchingRows(
    __global const float *x, __global const int *indices, const int count, const int wanted, const int columns,
    __global float *sum) {
    COLUMN_LOOP(k, columns) store((Vector)(0.0f), sum + k, columns - k);
    int matches = 0;
    for (int i = 0; i < count; ++i) {
        if (indices[i] != wanted) continue;
        ++matches;
        COLUMN_LOOP(k, columns) {
            const Vector term = load(x + (long)i * columns + k, columns - k, 0.0f);
            store(load(sum + k, columns - k, 0.0f) + term, sum + k, columns - k);
        }
    }
    return matches;
}

ROW_KERNEL void gatherRowsGradient(
    INPUT(float, outputGradient), INPUT(int, indices), INOUT(float, gradient), const int count, const int columns,
    const int rows, const int rowsPerGroup) {
    OPEN(outputGradient); OPEN(indices); OPEN(gradient);
    ROW_LOOP(row, rows, rowsPerGroup) {
        addMatchingRows(outputGradient, indices, count, row, columns, gradient + (long)row * columns);
    }
}

ROW_KERNEL void segmentMean(
    INPUT(float, x), INPUT(int, labels), INOUT(float, mean), OUTPUT(int, counts), const int count, const int columns,
    const int rows, const int rowsPerGroup) {
    OPEN(x); OPEN(labels); OPEN(mean); OPEN(counts);
    ROW_LOOP(row, rows, rowsPerGroup) {
        __global float *sum = mean + (long)row * columns;
        const int matches = addMatchingRows(x, labels, count, row, columns, sum);
        COLUMN_LOOP(k, columns) store(load(sum + k, columns - k, 0.0f) / (float)max(matches, 1), sum + k, columns - k);
        if (get_local_id(0) == 0) counts[row] = matches;
    }
}

ROW_KERNEL void oneHot(
    INPUT(int, labels), OUTPUT(float, y), const int columns, const int rows, const int rowsPerGroup) {
    OPEN(labels); OPEN(y);
    ROW_LOOP(row, rows, rowsPerGroup) {
        const int label = labels[row];
        for (int k = get_local_id(0); k < columns; k += ROW_ITEMS) {
            y[(long)row * columns + k] = k == label ? 1.0f : 0.0f;
        }
    }
}

// Work-item k counts the labels that are k.
ROW_KERNEL void histogram(INPUT(int, labels), OUTPUT(float, y), const int count, const int classes) {
    OPEN(labels); OPEN(y);
    const int k = get_global_id(0);
    if (k >= classes) return;
    int matches = 0;
    for (int i = 0; i < count; ++i) matches += labels[i] == k ? 1 : 0;
    y[k] = matches;
}
