// The gradient of a convolution's filter for GPU-like devices, first stage: partial sums over chunks of output pixels.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's pixels m = (n,p,q) of window[m, (r,s,c)] · outputGradient[m, k].
// Mapping: a work-group of 256 computes TILE_INPUTS input channels of one tap × TILE_OUTPUTS output channels for one
// chunk of pixelsPerChunk pixels, 16 pixels at a time through local memory; neighbouring work-items read neighbouring
// channels, four at a time. Each work-item holds (TILE_INPUTS / 16) × (TILE_OUTPUTS / 16) sums in registers.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; every value is read TILE_OUTPUTS (TILE_INPUTS) times less often from
// global memory than it is used.
#include "Common/PartialVector4.h"
#include "Common/Tensor.h"

#define WORK_ITEMS 256
#define DEPTH 16
#define ITEM_INPUTS (TILE_INPUTS / 16)
#define ITEM_OUTPUTS (TILE_OUTPUTS / 16)

__attribute__((reqd_work_group_size(WORK_ITEMS, 1, 1)))
__kernel void filterGradientImplicitGemm(
    INPUT(float, outputGradient), INPUT(float, input), OUTPUT(float, partials), const int batch, const int inputHeight,
    const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int filterWidth, const int taps, const int padding, const int stride,
    const int pixelsPerChunk) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(partials);
    __local float inputTile[DEPTH][TILE_INPUTS + 4];
    __local float gradientTile[DEPTH][TILE_OUTPUTS + 4];
    const int item = get_local_id(0);
    const int tap = get_group_id(0) % taps, r = tap / filterWidth, s = tap % filterWidth;
    const int firstInput = get_group_id(0) / taps * TILE_INPUTS, firstOutput = get_group_id(1) * TILE_OUTPUTS;
    const int chunk = get_group_id(2);
    const int firstPixel = chunk * pixelsPerChunk;
    const int endPixel = min(firstPixel + pixelsPerChunk, batch * outputHeight * outputWidth);
    const int itemInput = item / 16 * ITEM_INPUTS, itemOutput = item % 16 * ITEM_OUTPUTS;
    float sums[ITEM_INPUTS][ITEM_OUTPUTS];
#pragma unroll
    for (int i = 0; i < ITEM_INPUTS; i++) {
#pragma unroll
        for (int j = 0; j < ITEM_OUTPUTS; j++) sums[i][j] = 0.0f;
    }

    for (int blockPixel = firstPixel; blockPixel < endPixel; blockPixel += DEPTH) {
        for (int i = item; i < DEPTH * TILE_INPUTS / 4; i += WORK_ITEMS) {
            const int depth = i / (TILE_INPUTS / 4), channel = i % (TILE_INPUTS / 4) * 4;
            const int pixel = blockPixel + depth;
            const int y = pixel / outputWidth % outputHeight * stride + r - padding;
            const int x = pixel % outputWidth * stride + s - padding;
            const bool inside = pixel < endPixel && y >= 0 && y < inputHeight && x >= 0 && x < inputWidth;
            const ulong place = ((ulong)(pixel / outputWidth / outputHeight) * inputHeight + y) * inputWidth + x;
            const int count = inside ? inputChannels - firstInput - channel : 0;
            vstore4(loadPart4(input + place * inputChannels + firstInput + channel, count), 0,
                &inputTile[depth][channel]);
        }
        for (int i = item; i < DEPTH * TILE_OUTPUTS / 4; i += WORK_ITEMS) {
            const int depth = i / (TILE_OUTPUTS / 4), channel = i % (TILE_OUTPUTS / 4) * 4;
            const int count = blockPixel + depth < endPixel ? outputChannels - firstOutput - channel : 0;
            vstore4(loadPart4(
                outputGradient + (ulong)(blockPixel + depth) * outputChannels + firstOutput + channel, count), 0,
                &gradientTile[depth][channel]);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            float inputs[ITEM_INPUTS], gradients[ITEM_OUTPUTS];
#pragma unroll
            for (int i = 0; i < ITEM_INPUTS; i++) inputs[i] = inputTile[d][itemInput + i];
#pragma unroll
            for (int j = 0; j < ITEM_OUTPUTS; j++) gradients[j] = gradientTile[d][itemOutput + j];
#pragma unroll
            for (int i = 0; i < ITEM_INPUTS; i++) {
#pragma unroll
                for (int j = 0; j < ITEM_OUTPUTS; j++) sums[i][j] = multiplyAdd(inputs[i], gradients[j], sums[i][j]);
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }

    partials += ((ulong)chunk * taps + tap) * inputChannels * outputChannels;
#pragma unroll
    for (int i = 0; i < ITEM_INPUTS; i++) {
        const int c = firstInput + itemInput + i;
        if (c >= inputChannels) break;
#pragma unroll
        for (int j = 0; j < ITEM_OUTPUTS; j++) {
            const int k = firstOutput + itemOutput + j;
            if (k < outputChannels) partials[(ulong)c * outputChannels + k] = sums[i][j];
        }
    }
}
