// Convolution and its input gradient for GPU-like devices: a matrix product whose left matrix, the windows of the
// source, is never written down.
//
// Problem: as in DirectConvolution.cl. target[m, n] = Σ_d windows[m, d] · filter[d, n] with m over the target's pixels of
// one phase, n over its channels, d over (r, s, source channel). INPUT_GRADIENT 1 reads the filter transposed.
// Mapping: a work-group of 256 computes TILE_PIXELS × TILE_CHANNELS of the target. For each tap and each 16 source
// channels it brings both factors' tiles into local memory, neighbouring work-items reading neighbouring channels, four
// at a time; then each work-item adds to its (TILE_PIXELS / 16) × (TILE_CHANNELS / 16) sums in registers.
// Cost: 2·R·S·Cin·Cout flops for each target pixel; every value is read TILE_CHANNELS (TILE_PIXELS) times less often from
// global memory than it is used.
#include "Common/PartialVector4.h"
#include "Convolution/Epilogue.h"

#define WORK_ITEMS 256
#define DEPTH 16
#define ITEM_PIXELS (TILE_PIXELS / 16)
#define ITEM_CHANNELS (TILE_CHANNELS / 16)
#define LOADED_PIXELS (TILE_PIXELS * DEPTH / 4 / WORK_ITEMS)

__attribute__((reqd_work_group_size(WORK_ITEMS, 1, 1)))
__kernel void convolveImplicitGemm(
    INPUT(float, source), INPUT(float, filter), OUTPUT(float, target), ADDEND, const int batch, const int sourceHeight,
    const int sourceWidth, const int sourceChannels, const int targetHeight, const int targetWidth,
    const int targetChannels, const int filterHeight, const int filterWidth, const int padding, const int sourceStep,
    const int targetStep, const int tapDirection) {
    OPEN(source);
    OPEN(filter);
    OPEN(target);
    OPEN(addend);
    __local float pixelTile[DEPTH][TILE_PIXELS + 4];
    __local float filterTile[DEPTH][TILE_CHANNELS + 4];
    const int item = get_local_id(0);
    const int phase = get_group_id(2);
    const int rowPhase = phase / targetStep, columnPhase = phase % targetStep;
    const int firstR = (rowPhase + padding) % targetStep, firstS = (columnPhase + padding) % targetStep;
    const int rowBase = tapDirection < 0 ? (rowPhase + padding) / targetStep : -padding;
    const int columnBase = tapDirection < 0 ? (columnPhase + padding) / targetStep : -padding;
    const int rows = (targetHeight - rowPhase + targetStep - 1) / targetStep;
    const int columns = (targetWidth - columnPhase + targetStep - 1) / targetStep;
    const int pixels = batch * rows * columns;
    const int firstPixel = get_group_id(0) * TILE_PIXELS, firstChannel = get_group_id(1) * TILE_CHANNELS;
    if (firstPixel >= pixels) return;

    // The pixels whose windows this work-item loads: four source channels of each.
    const int loadedDepth = item % 4 * 4;
    int imageOf[LOADED_PIXELS], yOf[LOADED_PIXELS], xOf[LOADED_PIXELS];
#pragma unroll
    for (int i = 0; i < LOADED_PIXELS; i++) {
        const int pixel = firstPixel + item / 4 + i * (WORK_ITEMS / 4);
        imageOf[i] = pixel / columns / rows;
        yOf[i] = pixel < pixels ? pixel / columns % rows * sourceStep + rowBase : INT_MIN / 2;
        xOf[i] = pixel % columns * sourceStep + columnBase;
    }
    const int itemPixel = item / 16 * ITEM_PIXELS, itemChannel = item % 16 * ITEM_CHANNELS;
    float sums[ITEM_PIXELS][ITEM_CHANNELS];
#pragma unroll
    for (int i = 0; i < ITEM_PIXELS; i++) {
#pragma unroll
        for (int j = 0; j < ITEM_CHANNELS; j++) sums[i][j] = 0.0f;
    }

    int dy = 0;
    for (int r = firstR; r < filterHeight; r += targetStep, dy += tapDirection) {
        int dx = 0;
        for (int s = firstS; s < filterWidth; s += targetStep, dx += tapDirection) {
            __global const float *tap = filter + (ulong)(r * filterWidth + s) * sourceChannels * targetChannels;
            for (int c = 0; c < sourceChannels; c += DEPTH) {
#pragma unroll
                for (int i = 0; i < LOADED_PIXELS; i++) {
                    const int y = yOf[i] + dy, x = xOf[i] + dx;
                    const bool inside = y >= 0 && y < sourceHeight && x >= 0 && x < sourceWidth;
                    const ulong pixel = ((ulong)imageOf[i] * sourceHeight + y) * sourceWidth + x;
                    const float4 value = inside
                        ? loadPart4(source + pixel * sourceChannels + c + loadedDepth, sourceChannels - c - loadedDepth)
                        : (float4)(0.0f);
                    const int place = item / 4 + i * (WORK_ITEMS / 4);
                    pixelTile[loadedDepth][place] = value.s0;
                    pixelTile[loadedDepth + 1][place] = value.s1;
                    pixelTile[loadedDepth + 2][place] = value.s2;
                    pixelTile[loadedDepth + 3][place] = value.s3;
                }
                for (int i = item; i < DEPTH * TILE_CHANNELS / 4; i += WORK_ITEMS) {
#if INPUT_GRADIENT
                    const int depth = i % 4 * 4, channel = i / 4;
                    const int count = firstChannel + channel < targetChannels ? sourceChannels - c - depth : 0;
                    const float4 value =
                        loadPart4(tap + (ulong)(firstChannel + channel) * sourceChannels + c + depth, count);
                    filterTile[depth][channel] = value.s0;
                    filterTile[depth + 1][channel] = value.s1;
                    filterTile[depth + 2][channel] = value.s2;
                    filterTile[depth + 3][channel] = value.s3;
#else
                    const int depth = i / (TILE_CHANNELS / 4), channel = i % (TILE_CHANNELS / 4) * 4;
                    const int count = c + depth < sourceChannels ? targetChannels - firstChannel - channel : 0;
                    const float4 value =
                        loadPart4(tap + (ulong)(c + depth) * targetChannels + firstChannel + channel, count);
                    vstore4(value, 0, &filterTile[depth][channel]);
#endif
                }
                barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
                for (int d = 0; d < DEPTH; d++) {
                    float pixelValues[ITEM_PIXELS], filterValues[ITEM_CHANNELS];
#pragma unroll
                    for (int i = 0; i < ITEM_PIXELS; i++) pixelValues[i] = pixelTile[d][itemPixel + i];
#pragma unroll
                    for (int j = 0; j < ITEM_CHANNELS; j++) filterValues[j] = filterTile[d][itemChannel + j];
#pragma unroll
                    for (int i = 0; i < ITEM_PIXELS; i++) {
#pragma unroll
                        for (int j = 0; j < ITEM_CHANNELS; j++) {
                            sums[i][j] = multiplyAdd(pixelValues[i], filterValues[j], sums[i][j]);
                        }
                    }
                }
                barrier(CLK_LOCAL_MEM_FENCE);
            }
        }
    }

#pragma unroll
    for (int i = 0; i < ITEM_PIXELS; i++) {
        const int pixel = firstPixel + itemPixel + i;
        if (pixel >= pixels) break;
        const int image = pixel / columns / rows;
        const int y = pixel / columns % rows * targetStep + rowPhase, x = pixel % columns * targetStep + columnPhase;
        const ulong place = (((ulong)image * targetHeight + y) * targetWidth + x) * targetChannels;
#pragma unroll
        for (int j = 0; j < ITEM_CHANNELS; j++) {
            const int channel = firstChannel + itemChannel + j;
            if (channel >= targetChannels) continue;
            target[place + channel] = hasAddend ? sums[i][j] + addend[place + channel] : sums[i][j];
        }
    }
}
