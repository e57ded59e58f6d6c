// The 36 matrix products of Winograd's convolutions on GPU-like devices, between the transforms of WinogradTransforms.cl.
//
// Problem: products[chunk][n][i, j] = Σ_d left[n][d, i] · right[n][d, j] over the chunk's d, for each of the 36 planes n.
// Forward i runs over tiles, j over target channels, d over source channels; for the filter gradient i and j over input
// and output channels, d over tiles. Rows and columns are multiples of a tile's, the depth one of DEPTH.
// Mapping: a work-group computes TILE_ROWS × TILE_COLUMNS of one plane and chunk, in registers (GroupProduct.h). A step adds
// DEPTH values of d: both factors' tiles wait in local memory. While a step computes, the values of the next are on their
// way into registers; there are two pairs of tiles, so that one barrier a step is enough.
// Cost: 2 · 36 · rows · columns · depth flops; every value is read TILE_COLUMNS (TILE_ROWS) times less often from global
// memory than it is used, and ITEM_COLUMNS (8) times less often from local memory.
#include "Common/Tensor.h"

#define PLANES 36
#define DEPTH 8
#define LEFT_PADDING 0
#include "Convolution/GroupProduct.h"

// What a work-item loads in a step: vectors of the left factor; parts of one, two or four floats of the right one.
#define LEFT_VECTORS (TILE_ROWS * DEPTH / 4 / WORK_ITEMS)
#define RIGHT_FLOATS (TILE_COLUMNS * DEPTH / WORK_ITEMS)
#if RIGHT_FLOATS == 1
#define PART 1
typedef float Part;
#elif RIGHT_FLOATS == 2
#define PART 2
typedef float2 Part;
#else
#define PART 4
typedef float4 Part;
#endif
#define RIGHT_PARTS (RIGHT_FLOATS / PART)

__attribute__((reqd_work_group_size(WORK_ITEMS, 1, 1)))
__kernel void multiplyPlanes(
    INPUT(float, left), INPUT(float, right), OUTPUT(float, products), const int rows, const int columns,
    const int depth, const int chunkDepth) {
    OPEN(left);
    OPEN(right);
    OPEN(products);
    __local float4 leftTile[2][DEPTH * LEFT_PITCH / 4];
    __local float4 rightTile[2][DEPTH * RIGHT_PITCH / 4];
    const int item = get_local_id(0);
    const int firstRow = get_group_id(0) * TILE_ROWS, firstColumn = get_group_id(1) * TILE_COLUMNS;
    const int plane = get_group_id(2) % PLANES, firstDepth = get_group_id(2) / PLANES * chunkDepth;
    DECLARE_SUMS

    // Where this work-item loads: its first vector and part, and how many values of d lie between two of them.
    __global const float *leftPlace = left + ((ulong)plane * depth + firstDepth + item / (TILE_ROWS / 4)) * rows
        + firstRow + item % (TILE_ROWS / 4) * 4;
    __global const float *rightPlace = right
        + ((ulong)plane * depth + firstDepth + item / (TILE_COLUMNS / PART)) * columns + firstColumn
        + item % (TILE_COLUMNS / PART) * PART;
    const int leftStep = WORK_ITEMS / (TILE_ROWS / 4) * rows;
    const int rightStep = WORK_ITEMS / (TILE_COLUMNS / PART) * columns;
    float4 leftValues[LEFT_VECTORS];
    Part rightValues[RIGHT_PARTS];
#define LOAD_STEP                                                                                                      \
    {                                                                                                                  \
        _Pragma("unroll") for (int i = 0; i < LEFT_VECTORS; i++) {                                                     \
            leftValues[i] = *(__global const float4 *)(leftPlace + i * leftStep);                                      \
        }                                                                                                              \
        _Pragma("unroll") for (int i = 0; i < RIGHT_PARTS; i++) {                                                      \
            rightValues[i] = *(__global const Part *)(rightPlace + i * rightStep);                                     \
        }                                                                                                              \
    }
    LOAD_STEP
    int tile = 0;
    for (int stepsLeft = min(chunkDepth, depth - firstDepth) / DEPTH; stepsLeft > 0; stepsLeft--) {
        __local float *leftRows = (__local float *)leftTile[tile], *rightRows = (__local float *)rightTile[tile];
#pragma unroll
        for (int i = 0; i < LEFT_VECTORS; i++) {
            const int place = placeInTile((item + i * WORK_ITEMS) * 4, TILE_ROWS, LEFT_PITCH);
            *(__local float4 *)(leftRows + place) = leftValues[i];
        }
#pragma unroll
        for (int i = 0; i < RIGHT_PARTS; i++) {
            const int place = placeInTile((item + i * WORK_ITEMS) * PART, TILE_COLUMNS, RIGHT_PITCH);
            *(__local Part *)(rightRows + place) = rightValues[i];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        // The last step loads its own values again: no branch is cheaper.
        leftPlace += stepsLeft > 1 ? DEPTH * rows : 0;
        rightPlace += stepsLeft > 1 ? DEPTH * columns : 0;
        LOAD_STEP
        ADD_PRODUCT(leftRows, rightRows)
        tile = 1 - tile;
    }

    products += ((ulong)get_group_id(2) * rows + firstRow) * columns + firstColumn;
#pragma unroll
    for (int i = 0; i < SUM_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < SUM_PIECES; j++) {
            *(__global Piece *)(products + (ulong)rowOfSum(i) * columns + columnOfSum(j)) = pieceOfSums(i, j);
        }
    }
}
