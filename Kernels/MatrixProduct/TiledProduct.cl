// Matrix product for GPU-like devices, of any shape: c = alpha · op(a) · op(b) + beta · c.
//
// Mapping: a work-group of 256 computes TILE × TILE elements of c, 16 columns of op(a) and rows of op(b) at a time
// through local memory. Neighbouring work-items read neighbouring elements of a and b, whichever way they are stored
// (TRANSPOSE_A, TRANSPOSE_B). Each work-item holds (TILE / 16)² sums in registers.
// Cost: 2·M·N·K flops; every element is read TILE times less often from global memory than it is used.
#include "Common/Tensor.h"

#define WORK_ITEMS 256
#define DEPTH 16
#define ITEM (TILE / 16)
// Of a tile, one vector longer: neighbouring work-items then write to different banks.
#define ROW (TILE + 4)

__attribute__((reqd_work_group_size(WORK_ITEMS, 1, 1)))
__kernel void multiplyTiles(
    const float alpha, INPUT(float, a), INPUT(float, b), const float beta, INOUT(float, c), const int rows,
    const int columns, const int depth) {
    OPEN(a);
    OPEN(b);
    OPEN(c);
    __local float4 aVectors[DEPTH * ROW / 4], bVectors[DEPTH * ROW / 4];
    __local float *aTile = (__local float *)aVectors, *bTile = (__local float *)bVectors;
    const int item = get_local_id(0);
    const int firstColumn = get_group_id(0) * TILE, firstRow = get_group_id(1) * TILE;
    const int itemRow = item / 16 * ITEM, itemColumn = item % 16 * ITEM;
    float sums[ITEM][ITEM];
#pragma unroll
    for (int i = 0; i < ITEM; i++) {
#pragma unroll
        for (int j = 0; j < ITEM; j++) sums[i][j] = 0.0f;
    }
    __local const float4 *aItem = aVectors + itemRow / 4, *bItem = bVectors + itemColumn / 4;
    for (int block = 0; block < depth; block += DEPTH) {
        for (int i = item; i < DEPTH * TILE; i += WORK_ITEMS) {
#if TRANSPOSE_A
            const int d = i / TILE, place = i % TILE;
            const ulong index = (ulong)(block + d) * rows + firstRow + place;
#else
            const int d = i % DEPTH, place = i / DEPTH;
            const ulong index = (ulong)(firstRow + place) * depth + block + d;
#endif
            aTile[d * ROW + place] = block + d < depth && firstRow + place < rows ? a[index] : 0.0f;
        }
        for (int i = item; i < DEPTH * TILE; i += WORK_ITEMS) {
#if TRANSPOSE_B
            const int d = i % DEPTH, place = i / DEPTH;
            const ulong index = (ulong)(firstColumn + place) * depth + block + d;
#else
            const int d = i / TILE, place = i % TILE;
            const ulong index = (ulong)(block + d) * columns + firstColumn + place;
#endif
            bTile[d * ROW + place] = block + d < depth && firstColumn + place < columns ? b[index] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            float aValues[ITEM], bValues[ITEM];
#pragma unroll
            for (int i = 0; i < ITEM / 4; i++) {
                vstore4(aItem[d * ROW / 4 + i], i, aValues);
                vstore4(bItem[d * ROW / 4 + i], i, bValues);
            }
#pragma unroll
            for (int i = 0; i < ITEM; i++) {
#pragma unroll
                for (int j = 0; j < ITEM; j++) sums[i][j] = multiplyAdd(aValues[i], bValues[j], sums[i][j]);
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
#pragma unroll
    for (int i = 0; i < ITEM; i++) {
        const int row = firstRow + itemRow + i;
        if (row >= rows) break;
#pragma unroll
        for (int j = 0; j < ITEM; j++) {
            const int column = firstColumn + itemColumn + j;
            if (column >= columns) break;
            __global float *place = c + (ulong)row * columns + column;
            const float result = alpha * sums[i][j];
            *place = beta != 0.0f ? multiplyAdd(beta, *place, result) : result;
        }
    }
}
