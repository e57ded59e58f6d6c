// What GPU-like convolutions do in every step: a work-group multiplies two tiles that wait in local memory, left
// [DEPTH][TILE_ROWS] and right [DEPTH][TILE_COLUMNS], and adds left' · right to TILE_ROWS × TILE_COLUMNS sums in its
// registers. Macros, because sums in an array that is handed to a function would leave the registers.
//
// A kernel defines DEPTH, a multiple of 8, TILE_ROWS, TILE_COLUMNS and LEFT_PADDING, and uses WORK_ITEMS, LEFT_PITCH and
// RIGHT_PITCH (floats from one row of a tile to the next), DECLARE_SUMS, ADD_PRODUCT(left, right) with float pointers to
// aligned tiles, and at the end for its SUM_ROWS × SUM_PIECES pieces of PIECE neighbouring sums rowOfSum(i),
// columnOfSum(j) and pieceOfSums(i, j).
//
// Two ways. Without MATRIX_UNITS a work-item computes 8 × ITEM_COLUMNS sums by multiply-adds. Its rows and columns are groups
// of 4, so far apart that neighbouring work-items read neighbouring vectors. With MATRIX_UNITS 32 work-items compute
// 32 × WARP_COLUMNS sums by the matrix products of MatrixUnits.h.
#include "Common/PartialVector4.h"

#if MATRIX_UNITS
#include "Convolution/MatrixUnits.h"

#define WARP_ROWS 32
#define WORK_ITEMS (32 * (TILE_ROWS / WARP_ROWS) * (TILE_COLUMNS / WARP_COLUMNS))
// Rows of a tile begin 8 banks apart, so that the lanes of a fragment read from 32 different ones.
#define LEFT_PITCH (TILE_ROWS + 8)
#define RIGHT_PITCH (TILE_COLUMNS + 8)
#define SUM_ROWS (WARP_ROWS / 8)
#define PIECE 2
#define SUM_PIECES (WARP_COLUMNS / 8)
typedef float2 Piece;
#define storePiece storePart2
#define loadActivationPiece loadActivationPart2
#define storeActivationPiece storeActivationPart2

#define DECLARE_SUMS                                                                                                   \
    DECLARE_EXCHANGE(WORK_ITEMS / 32)                                                                                  \
    const int lane = get_local_id(0) % 32, warp = get_local_id(0) / 32;                                                \
    const int warpRow = warp / (TILE_COLUMNS / WARP_COLUMNS) * WARP_ROWS;                                              \
    const int warpColumn = warp % (TILE_COLUMNS / WARP_COLUMNS) * WARP_COLUMNS;                                        \
    float sums[SUM_ROWS][PIECE * SUM_PIECES];                                                                          \
    CLEAR_SUMS
#define rowOfSum(i) (warpRow + (i) * 8 + lane / 4)
#define columnOfSum(j) (warpColumn + (j) * 8 + lane % 4 * 2)
#define pieceOfSums(i, j) vload2(j, sums[i])

// The products of 8 values of d are added up by the matrix unit, which rounds towards zero, and only then to the sums.
#define ADD_PRODUCT(left, right)                                                                                       \
    FRAGMENT_LOOP for (int d = 0; d < DEPTH; d += 8) {                                                                 \
        float4 high[WARP_ROWS / 16], low[WARP_ROWS / 16];                                                              \
        FRAGMENT_LOOP for (int m = 0; m < WARP_ROWS / 16; m++) {                                                       \
            const float4 value = leftFragment((left) + d * LEFT_PITCH + warpRow + m * 16, LEFT_PITCH, lane);           \
            high[m] = roundToTensorFloat4(value);                                                                      \
            low[m] = roundToTensorFloat4(value - high[m]);                                                             \
        }                                                                                                              \
        FRAGMENT_LOOP for (int n = 0; n < WARP_COLUMNS / 8; n++) {                                                     \
            const float2 value = rightFragment((right) + d * RIGHT_PITCH + warpColumn + n * 8, RIGHT_PITCH, lane);     \
            const float2 rightHigh = roundToTensorFloat2(value);                                                       \
            const float2 rightLow = roundToTensorFloat2(value - rightHigh);                                            \
            FRAGMENT_LOOP for (int m = 0; m < WARP_ROWS / 16; m++) {                                                   \
                const float4 product = multiplyFragments(high[m], low[m], rightHigh, rightLow, EXCHANGE, lane);        \
                sums[2 * m][2 * n] += product.s0;                                                                      \
                sums[2 * m][2 * n + 1] += product.s1;                                                                  \
                sums[2 * m + 1][2 * n] += product.s2;                                                                  \
                sums[2 * m + 1][2 * n + 1] += product.s3;                                                              \
            }                                                                                                          \
        }                                                                                                              \
    }

#else

#define ITEM_ROWS 8
#define ROW_ITEMS_OF_TILE (TILE_ROWS / ITEM_ROWS)
#define COLUMN_ITEMS_OF_TILE (TILE_COLUMNS / ITEM_COLUMNS)
#define WORK_ITEMS (ROW_ITEMS_OF_TILE * COLUMN_ITEMS_OF_TILE)
#define LEFT_PITCH (TILE_ROWS + LEFT_PADDING)
#define RIGHT_PITCH TILE_COLUMNS
#define SUM_ROWS ITEM_ROWS
#define PIECE 4
#define SUM_PIECES (ITEM_COLUMNS / 4)
typedef float4 Piece;
#define storePiece storePart4
#define loadActivationPiece loadActivationPart4
#define storeActivationPiece storeActivationPart4

#define DECLARE_SUMS                                                                                                   \
    const int rowItem = get_local_id(0) / COLUMN_ITEMS_OF_TILE, columnItem = get_local_id(0) % COLUMN_ITEMS_OF_TILE;   \
    float sums[SUM_ROWS][PIECE * SUM_PIECES];                                                                          \
    CLEAR_SUMS
#define rowOfSum(i) (((i) / 4 * ROW_ITEMS_OF_TILE + rowItem) * 4 + (i) % 4)
#define columnOfSum(j) (((j) * COLUMN_ITEMS_OF_TILE + columnItem) * 4)
#define pieceOfSums(i, j) vload4(j, sums[i])

#define ADD_PRODUCT(left, right)                                                                                       \
    {                                                                                                                  \
        __local const float4 *leftVectors = (__local const float4 *)(left) + rowItem;                                  \
        __local const float4 *rightVectors = (__local const float4 *)(right) + columnItem;                             \
        _Pragma("unroll") for (int d = 0; d < DEPTH; d++) {                                                            \
            float leftOf[ITEM_ROWS], rightOf[ITEM_COLUMNS];                                                            \
            _Pragma("unroll") for (int i = 0; i < ITEM_ROWS / 4; i++) {                                                \
                vstore4(leftVectors[d * LEFT_PITCH / 4 + i * ROW_ITEMS_OF_TILE], i, leftOf);                           \
            }                                                                                                          \
            _Pragma("unroll") for (int j = 0; j < ITEM_COLUMNS / 4; j++) {                                             \
                vstore4(rightVectors[d * RIGHT_PITCH / 4 + j * COLUMN_ITEMS_OF_TILE], j, rightOf);                     \
            }                                                                                                          \
            _Pragma("unroll") for (int i = 0; i < ITEM_ROWS; i++) {                                                    \
                _Pragma("unroll") for (int j = 0; j < ITEM_COLUMNS; j++) {                                             \
                    sums[i][j] = multiplyAdd(leftOf[i], rightOf[j], sums[i][j]);                                       \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

#endif

#define CLEAR_SUMS                                                                                                     \
    _Pragma("unroll") for (int i = 0; i < SUM_ROWS; i++) {                                                             \
        _Pragma("unroll") for (int j = 0; j < PIECE * SUM_PIECES; j++) sums[i][j] = 0.0f;                              \
    }

// Where the element `index` of a tile lies whose rows of `extent` elements begin `pitch` apart.
#define placeInTile(index, extent, pitch) ((index) / (extent) * (pitch) + (index) % (extent))
