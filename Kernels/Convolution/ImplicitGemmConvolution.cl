// Convolution and its input gradient for GPU-like devices: a matrix product whose left matrix, the windows of the
// source, is never written down.
//
// Problem: as in DirectConvolution.cl. target[m, n] = Σ_d windows[m, d] · filter[d, n] with m over the target's pixels of
// one phase, n over its channels, d over (r, s, source channel). Source and filter come as AlignedChannels.cl has left
// them: the source with a multiple of 8 channels, sourceChannels; the filter in the tiles that this kernel reads, with
// zeros behind them: the pixel that stands for everything outside the image. Filters have at most 15 × 15 taps.
// Mapping: a work-group computes TILE_ROWS pixels × TILE_COLUMNS channels of the target in registers (GroupProduct.h). A step
// adds 8 source channels of one tap: both factors' tiles wait in local memory, neighbouring work-items having read
// neighbouring channels. While a step computes, the values of the next are on their way into registers; there are two
// pairs of tiles, so that one barrier a step is enough.
// Cost: 2·R·S·Cin·Cout flops for each target pixel; every value is read TILE_COLUMNS (TILE_ROWS) times less often from
// global memory than it is used, and ITEM_COLUMNS (8) times less often from local memory.
#include "Convolution/Epilogue.h"

#define DEPTH 8
// A row of pixels is a vector longer, which keeps the transposing writes of neighbouring work-items apart.
#define LEFT_PADDING 4
#include "Convolution/GroupProduct.h"

// What a work-item loads in a step: vectors of the source, and neighbouring floats of the filter.
#define PIXEL_VECTORS (TILE_ROWS * DEPTH / 4 / WORK_ITEMS)
#define FILTER_FLOATS (TILE_COLUMNS * DEPTH / WORK_ITEMS)

#if FILTER_FLOATS == 1
typedef float FilterPart;
#elif FILTER_FLOATS == 2
typedef float2 FilterPart;
#else
typedef float4 FilterPart;
#endif

__attribute__((reqd_work_group_size(WORK_ITEMS, 1, 1)))
__kernel void convolveImplicitGemm(
    INPUT(Activation, source), INPUT(float, filterTiles), OUTPUT(Activation, target), ADDEND, const int batch,
    const int sourceHeight, const int sourceWidth, const int sourceChannels, const int targetHeight,
    const int targetWidth, const int targetChannels, const int filterHeight, const int filterWidth, const int padding,
    const int sourceStep, const int targetStep, const int tapDirection) {
    OPEN(source);
    OPEN(filterTiles);
    OPEN(target);
    OPEN(addend);
    __local float4 pixelTile[2][DEPTH * LEFT_PITCH / 4];
    __local float4 filterTile[2][DEPTH * RIGHT_PITCH / 4];
    const int item = get_local_id(0);
    const int phase = get_group_id(2);
    const int rowPhase = phase / targetStep, columnPhase = phase % targetStep;
    const int firstR = (rowPhase + padding) % targetStep, firstS = (columnPhase + padding) % targetStep;
    const int rowBase = tapDirection < 0 ? (rowPhase + padding) / targetStep : -padding;
    const int columnBase = tapDirection < 0 ? (columnPhase + padding) / targetStep : -padding;
    const int rows = (targetHeight - rowPhase + targetStep - 1) / targetStep;
    const int columns = (targetWidth - columnPhase + targetStep - 1) / targetStep;
    const int pixels = batch * rows * columns;
    const int firstPixel = get_group_id(0) * TILE_ROWS, firstChannel = get_group_id(1) * TILE_COLUMNS;
    if (firstPixel >= pixels) return;

    // The pixels whose windows this work-item loads, four source channels of each: where the window's first tap lies, and
    // which rows (low 16 bits) and columns (high 16) of taps lie outside the image.
    const int pixelDepth = item % 2 * 4;
    int placeOf[PIXEL_VECTORS];
    uint outsideOf[PIXEL_VECTORS];
#pragma unroll
    for (int i = 0; i < PIXEL_VECTORS; i++) {
        const int pixel = firstPixel + item / 2 + i * (WORK_ITEMS / 2);
        const int y = pixel / columns % rows * sourceStep + rowBase, x = pixel % columns * sourceStep + columnBase;
        placeOf[i] = ((pixel / columns / rows * sourceHeight + y) * sourceWidth + x) * sourceChannels + pixelDepth;
        outsideOf[i] = 0;
        for (int tap = 0; tap < 16; tap++) {
            const int tapY = y + tap * tapDirection, tapX = x + tap * tapDirection;
            if (tapY < 0 || tapY >= sourceHeight || pixel >= pixels) outsideOf[i] |= 1u << tap;
            if (tapX < 0 || tapX >= sourceWidth) outsideOf[i] |= 0x10000u << tap;
        }
    }
    DECLARE_SUMS

    // From one step to the next the tiles of the filter follow one another, but for the taps that the phase leaves out.
    const int tapTiles = sourceChannels * TILE_COLUMNS;
    const int rowTaps = (filterWidth - firstS + targetStep - 1) / targetStep;
    const int taps = rowTaps * max((filterHeight - firstR + targetStep - 1) / targetStep, 0);
    __global const Activation *zeros =
        (__global const Activation *)(filterTiles + get_num_groups(1) * filterHeight * filterWidth * tapTiles);
    __global const float *filterPlace = filterTiles
        + (get_group_id(1) * filterHeight * filterWidth + firstR * filterWidth + firstS) * tapTiles
        + item * FILTER_FLOATS;
    const int nextColumn = tapDirection * sourceChannels - sourceChannels, nextColumnTiles = (targetStep - 1) * tapTiles;
    const int nextRow = tapDirection * (sourceWidth - rowTaps) * sourceChannels;
    const int nextRowTiles = (targetStep * filterWidth - targetStep * rowTaps) * tapTiles;
    uint rowBit = 1, columnBit = 0x10000;
    int columnsLeft = rowTaps, channelsLeft = sourceChannels, tile = 0;

    float4 pixelValues[PIXEL_VECTORS];
    FilterPart filterValue;
#define LOAD_STEP                                                                                                      \
    {                                                                                                                  \
        const uint tap = rowBit | columnBit;                                                                           \
        _Pragma("unroll") for (int i = 0; i < PIXEL_VECTORS; i++) {                                                    \
            __global const Activation *place = (outsideOf[i] & tap) == 0 ? source + placeOf[i] : zeros;                \
            pixelValues[i] = alignedActivation4(place);                                                                \
        }                                                                                                              \
        filterValue = *(__global const FilterPart *)filterPlace;                                                       \
    }
    LOAD_STEP
    for (int stepsLeft = taps * (sourceChannels / DEPTH); stepsLeft > 0; stepsLeft--) {
        __local float *column = (__local float *)pixelTile[tile] + pixelDepth * LEFT_PITCH + item / 2;
#pragma unroll
        for (int i = 0; i < PIXEL_VECTORS; i++) {
            column[i * (WORK_ITEMS / 2)] = pixelValues[i].s0;
            column[i * (WORK_ITEMS / 2) + LEFT_PITCH] = pixelValues[i].s1;
            column[i * (WORK_ITEMS / 2) + 2 * LEFT_PITCH] = pixelValues[i].s2;
            column[i * (WORK_ITEMS / 2) + 3 * LEFT_PITCH] = pixelValues[i].s3;
        }
        const int filterPlaceInTile = placeInTile(item * FILTER_FLOATS, TILE_COLUMNS, RIGHT_PITCH);
        *(__local FilterPart *)((__local float *)filterTile[tile] + filterPlaceInTile) = filterValue;
        source += DEPTH;
        filterPlace += DEPTH * TILE_COLUMNS;
        channelsLeft -= DEPTH;
        if (channelsLeft == 0) {
            channelsLeft = sourceChannels;
            source += nextColumn;
            filterPlace += nextColumnTiles;
            columnBit <<= 1;
            columnsLeft--;
            if (columnsLeft == 0) {
                columnsLeft = rowTaps;
                source += nextRow;
                filterPlace += nextRowTiles;
                columnBit = 0x10000;
                rowBit <<= 1;
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        // After the last step this reads a tap too many, whose values are there but not used: no branch is cheaper.
        LOAD_STEP
        ADD_PRODUCT((__local const float *)pixelTile[tile], (__local const float *)filterTile[tile])
        tile = 1 - tile;
    }

#pragma unroll
    for (int i = 0; i < SUM_ROWS; i++) {
        const int pixel = firstPixel + rowOfSum(i);
        if (pixel >= pixels) continue;
        const int image = pixel / columns / rows;
        const int y = pixel / columns % rows * targetStep + rowPhase, x = pixel % columns * targetStep + columnPhase;
        const int place = ((image * targetHeight + y) * targetWidth + x) * targetChannels;
#pragma unroll
        for (int j = 0; j < SUM_PIECES; j++) {
            const int channel = firstChannel + columnOfSum(j);
            const int count = targetChannels - channel;
            Piece value = pieceOfSums(i, j);
            if (hasAddend) value += loadActivationPiece(addend + place + channel, count);
            storeActivationPiece(value, target + place + channel, count);
        }
    }
}
