// The gradient of a convolution's filter for GPU-like devices, first stage: partial sums over chunks of output pixels.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's pixels (n,p,q) of window[(n,p,q), (r,s,c)] · outputGradient[n,p,q,k].
// Both tensors come as AlignedChannels.cl has left them, with inputPitch and outputPitch channels, multiples of 8;
// `zeros` are 4 or more.
// Mapping: a matrix product with (tap, input channel) as rows and the output channels as columns. A work-group computes
// TILE_ROWS × TILE_COLUMNS of it for one chunk, in registers (GroupProduct.h). A step adds DEPTH output pixels,
// STEP_COLUMNS neighbours in each of DEPTH / STEP_COLUMNS rows: their values wait in local memory, neighbouring
// work-items having read neighbouring channels. While a step computes, the values of the next are on their way into
// registers; there are two pairs of tiles, so that one barrier a step is enough.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; every value is read TILE_COLUMNS (TILE_ROWS) times less often from
// global memory than it is used, and ITEM_COLUMNS (8) times less often from local memory.
#include "Common/Tensor.h"

#define LEFT_PADDING 0
#include "Convolution/GroupProduct.h"

#define STEP_ROWS (DEPTH / STEP_COLUMNS)
// What a work-item loads in a step: vectors of four input channels, and parts of two or four output channels.
#define INPUT_VECTORS (TILE_ROWS * DEPTH / 4 / WORK_ITEMS)
#if TILE_COLUMNS * DEPTH / WORK_ITEMS == 2
#define PART 2
typedef float2 GradientPart;
#define loadGradientPart alignedActivation2
#else
#define PART 4
typedef float4 GradientPart;
#define loadGradientPart alignedActivation4
#endif
#define GRADIENT_PARTS (TILE_COLUMNS * DEPTH / PART / WORK_ITEMS)
// Pixels of a step between the loads of one work-item.
#define INPUT_PIXELS (WORK_ITEMS / (TILE_ROWS / 4))
#define GRADIENT_PIXELS (WORK_ITEMS / (TILE_COLUMNS / PART))
// So far outside that no column is inside.
#define NOWHERE (INT_MIN / 4)

__attribute__((reqd_work_group_size(WORK_ITEMS, 1, 1)))
__kernel void filterGradientImplicitGemm(
    INPUT(Activation, outputGradient), INPUT(Activation, input), INPUT(Activation, zeros), OUTPUT(float, partials),
    const int batch, const int inputHeight, const int inputWidth, const int inputPitch, const int inputChannels,
    const int outputHeight, const int outputWidth, const int outputPitch, const int outputChannels,
    const int filterWidth, const int taps, const int padding, const int stride, const int bandsPerChunk) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(zeros);
    OPEN(partials);
    __local float4 inputTile[2][DEPTH * LEFT_PITCH / 4];
    __local float4 gradientTile[2][DEPTH * RIGHT_PITCH / 4];
    const int item = get_local_id(0);
    const int firstRow = get_group_id(0) * TILE_ROWS, firstOutput = get_group_id(1) * TILE_COLUMNS;
    const int bandsPerImage = (outputHeight + STEP_ROWS - 1) / STEP_ROWS;
    const int blocksPerBand = (outputWidth + STEP_COLUMNS - 1) / STEP_COLUMNS;
    const int firstBand = get_group_id(2) * bandsPerChunk;
    const int bands = min(bandsPerChunk, batch * bandsPerImage - firstBand);

    // The row (tap, channel) that this work-item loads, and for each of its vectors the pixel's window there, from the
    // step's first pixel. Columns (rows) from columnEnd (rowEnd) on lie outside, or belong to no output pixel.
    const int row = firstRow + item % (TILE_ROWS / 4) * 4, tap = row / inputPitch;
    const int r = tap / filterWidth - padding, s = tap % filterWidth - padding;
    const uint rowEnd = max(min(inputHeight, (outputHeight - 1) * stride + r + 1), 0);
    const uint columnEnd = max(min(inputWidth, (outputWidth - 1) * stride + s + 1), 0);
    int placeOf[INPUT_VECTORS], yOf[INPUT_VECTORS], xOf[INPUT_VECTORS];
#pragma unroll
    for (int i = 0; i < INPUT_VECTORS; i++) {
        const int pixel = item / (TILE_ROWS / 4) + i * INPUT_PIXELS;
        yOf[i] = pixel / STEP_COLUMNS * stride + r;
        const int x = pixel % STEP_COLUMNS * stride + s;
        placeOf[i] = (yOf[i] * inputWidth + x) * inputPitch + row % inputPitch;
        xOf[i] = tap < taps ? x : NOWHERE;
    }
    // The same for the output gradient.
    const int output = firstOutput + item % (TILE_COLUMNS / PART) * PART;
    int gradientPlaceOf[GRADIENT_PARTS], pOf[GRADIENT_PARTS], qOf[GRADIENT_PARTS];
#pragma unroll
    for (int i = 0; i < GRADIENT_PARTS; i++) {
        const int pixel = item / (TILE_COLUMNS / PART) + i * GRADIENT_PIXELS;
        pOf[i] = pixel / STEP_COLUMNS;
        const int q = pixel % STEP_COLUMNS;
        gradientPlaceOf[i] = (pOf[i] * outputWidth + q) * outputPitch + output;
        qOf[i] = output < outputPitch ? q : NOWHERE;
    }
    DECLARE_SUMS

    // The step whose values are loaded next: its first pixel (p, q), whose window begins at (y, x) but for the padding.
    const int firstP = firstBand % bandsPerImage * STEP_ROWS, image = firstBand / bandsPerImage;
    input += ((ulong)image * inputHeight + firstP * stride) * inputWidth * inputPitch;
    outputGradient += ((ulong)image * outputHeight + firstP) * outputWidth * outputPitch;
    int p = firstP, y = firstP * stride, q = 0, x = 0, imagesLeft = batch - image, tile = 0;
    const int nextBlock = STEP_COLUMNS * stride * inputPitch, nextGradientBlock = STEP_COLUMNS * outputPitch;
    const int nextBand = STEP_ROWS * stride * inputWidth * inputPitch - blocksPerBand * nextBlock;
    const int nextGradientBand = STEP_ROWS * outputWidth * outputPitch - blocksPerBand * nextGradientBlock;
    const int nextImage = (inputHeight - bandsPerImage * STEP_ROWS * stride) * inputWidth * inputPitch;
    const int nextGradientImage = (outputHeight - bandsPerImage * STEP_ROWS) * outputWidth * outputPitch;

    float4 inputValues[INPUT_VECTORS];
    GradientPart gradientValues[GRADIENT_PARTS];
// A row outside makes all its columns lie outside.
#define LOAD_STEP                                                                                                      \
    {                                                                                                                  \
        _Pragma("unroll") for (int i = 0; i < INPUT_VECTORS; i++) {                                                    \
            const int rowX = (uint)(yOf[i] + y) < rowEnd ? x : NOWHERE;                                                \
            __global const Activation *place = (uint)(xOf[i] + rowX) < columnEnd ? input + placeOf[i] : zeros;         \
            inputValues[i] = alignedActivation4(place);                                                                \
        }                                                                                                              \
        _Pragma("unroll") for (int i = 0; i < GRADIENT_PARTS; i++) {                                                   \
            const int rowQ = pOf[i] + p < outputHeight ? q : NOWHERE;                                                  \
            const bool inside = (uint)(qOf[i] + rowQ) < (uint)outputWidth;                                             \
            __global const Activation *place = inside ? outputGradient + gradientPlaceOf[i] : zeros;                   \
            gradientValues[i] = loadGradientPart(place);                                                               \
        }                                                                                                              \
    }
    LOAD_STEP
    for (int stepsLeft = bands * blocksPerBand; stepsLeft > 0; stepsLeft--) {
        __local float *inputRows = (__local float *)inputTile[tile];
        __local float *gradientRows = (__local float *)gradientTile[tile];
#pragma unroll
        for (int i = 0; i < INPUT_VECTORS; i++) {
            const int place = placeInTile((item + i * WORK_ITEMS) * 4, TILE_ROWS, LEFT_PITCH);
            *(__local float4 *)(inputRows + place) = inputValues[i];
        }
#pragma unroll
        for (int i = 0; i < GRADIENT_PARTS; i++) {
            const int place = placeInTile((item + i * WORK_ITEMS) * PART, TILE_COLUMNS, RIGHT_PITCH);
            *(__local GradientPart *)(gradientRows + place) = gradientValues[i];
        }
        input += nextBlock;
        outputGradient += nextGradientBlock;
        q += STEP_COLUMNS;
        x += STEP_COLUMNS * stride;
        if (q >= outputWidth) {
            input += nextBand;
            outputGradient += nextGradientBand;
            q = x = 0;
            p += STEP_ROWS;
            y += STEP_ROWS * stride;
            if (p >= outputHeight) {
                input += nextImage;
                outputGradient += nextGradientImage;
                // Behind the last image everything is outside.
                imagesLeft--;
                p = imagesLeft > 0 ? 0 : outputHeight;
                y = imagesLeft > 0 ? 0 : NOWHERE;
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        // After the last step this reads values that are not used: no branch is cheaper.
        LOAD_STEP
        ADD_PRODUCT(inputRows, gradientRows)
        tile = 1 - tile;
    }

    partials += (ulong)get_group_id(2) * taps * inputChannels * outputChannels;
#pragma unroll
    for (int i = 0; i < SUM_ROWS; i++) {
        const int sumRow = firstRow + rowOfSum(i), sumTap = sumRow / inputPitch, c = sumRow % inputPitch;
        if (sumTap >= taps || c >= inputChannels) continue;
#pragma unroll
        for (int j = 0; j < SUM_PIECES; j++) {
            const int k = firstOutput + columnOfSum(j);
            storePiece(
                pieceOfSums(i, j), partials + ((ulong)sumTap * inputChannels + c) * outputChannels + k,
                outputChannels - k);
        }
    }
}
