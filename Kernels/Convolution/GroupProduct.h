// What GPU-like convolutions do in every step: a work-group multiplies two tiles that wait in local memory, left
// [DEPTH][TILE_ROWS] and right [DEPTH][TILE_COLUMNS], and adds left' · right to TILE_ROWS × TILE_COLUMNS sums in its
// registers. Macros, because sums in an array that is handed to a function would leave the registers.
//
// A kernel defines DEPTH, a multiple of 8, TILE_ROWS, TILE_COLUMNS and LEFT_PADDING, and uses WORK_ITEMS, LEFT_PITCH and
// RIGHT_PITCH (floats from one row of a tile to the next), DECLARE_SUMS, ADD_PRODUCT(left, right) with float pointers to
// aligned tiles, and at the end for its SUM_ROWS × SUM_PIECES pieces of PIECE neighbouring sums rowOfSum(i),
// columnOfSum(j) and pieceOfSums(i, j).
//
// A work-item computes 8 × ITEM_COLUMNS sums. Its rows and columns are groups of 4, so far apart that neighbouring work-items
// read neighbouring vectors.
#include "Common/PartialVector4.h"

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

#define CLEAR_SUMS                                                                                                     \
    _Pragma("unroll") for (int i = 0; i < SUM_ROWS; i++) {                                                             \
        _Pragma("unroll") for (int j = 0; j < PIECE * SUM_PIECES; j++) sums[i][j] = 0.0f;                              \
    }

// Where the element `index` of a tile lies whose rows of `extent` elements begin `pitch` apart.
#define placeInTile(index, extent, pitch) ((index) / (extent) * (pitch) + (index) % (extent))
