// The gradient of a convolution's filter for CPU-like devices, first stage: partial sums over chunks of output rows.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's rows (n,p) and all q of
//   outputGradient[n,p,q,k] · input[n, p·stride+r−padding, q·stride+s−padding, c].
// Mapping: one work-item = 16·PANELS output channels × one chunk of rowsPerChunk output rows (rows of all images in
// one sequence). It takes rowsPerBlock rows at a time, few enough to stay in the cache while all taps and input
// channels pass over them; CHANNELS × PANELS float16 sums lie in registers over a block's pixels and in the partial
// result between blocks. Pixels and rows outside the image are left out of the loops.
// Channels that are no multiple of the block's width: the last block reaches back over the one before it and stores
// only what is new. Needs Cin ≥ CHANNELS and Cout ≥ 16·PANELS.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; (CHANNELS + PANELS) loads for CHANNELS·PANELS multiply-adds.
#include "Common/PartialVector.h"
#include "Common/Tensor.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientDirect(
    INPUT(float, outputGradient), INPUT(float, input), OUTPUT(float, partials), const int batch, const int inputHeight,
    const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int filterHeight, const int filterWidth, const int padding, const int stride,
    const int rowsPerChunk, const int rowsPerBlock) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(partials);
    const int chunk = get_global_id(1);
    const int k = min((int)get_global_id(0) * 16 * PANELS, outputChannels - 16 * PANELS);
    const int newK = get_global_id(0) * 16 * PANELS - k;
    const int firstRow = chunk * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, batch * outputHeight);
    partials += (ulong)chunk * filterHeight * filterWidth * inputChannels * outputChannels + k;
    outputGradient += k;

    for (int blockRow = firstRow; blockRow < endRow; blockRow += rowsPerBlock) {
        const int blockEnd = min(blockRow + rowsPerBlock, endRow);
        for (int tap = 0; tap < filterHeight * filterWidth; tap++) {
            const int r = tap / filterWidth, s = tap % filterWidth;
            // The output columns whose pixel under this tap lies inside the input.
            const int firstColumn = max(0, (padding - s + stride - 1) / stride);
            const int lastPixel = inputWidth - 1 + padding - s;
            const int endColumn = lastPixel < 0 ? 0 : min(outputWidth, lastPixel / stride + 1);
            for (int block = 0; block < inputChannels; block += CHANNELS) {
                const int c = min(block, inputChannels - CHANNELS);
                __global float *place = partials + ((ulong)tap * inputChannels + c) * outputChannels;
                float16 sums[CHANNELS][PANELS];
#pragma unroll
                for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) sums[i][panel] = 0.0f;
                }
                int image = blockRow / outputHeight, p = blockRow % outputHeight;
                for (int row = blockRow; row < blockEnd; row++) {
                    const int y = p * stride + r - padding;
                    if (y >= 0 && y < inputHeight && firstColumn < endColumn) {
                        __global const float *gradients =
                            outputGradient + ((ulong)row * outputWidth + firstColumn) * outputChannels;
                        __global const float *pixel = input + c
                            + (((ulong)image * inputHeight + y) * inputWidth + firstColumn * stride + s - padding)
                                * inputChannels;
                        for (int column = firstColumn; column < endColumn; column++) {
                            float16 gradient[PANELS];
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) gradient[panel] = vload16(panel, gradients);
#pragma unroll
                            for (int i = 0; i < CHANNELS; i++) {
                                const float16 value = pixel[i];
#pragma unroll
                                for (int panel = 0; panel < PANELS; panel++) {
                                    sums[i][panel] = multiplyAdd(value, gradient[panel], sums[i][panel]);
                                }
                            }
                            gradients += outputChannels;
                            pixel += stride * inputChannels;
                        }
                    }
                    if (++p == outputHeight) {
                        p = 0;
                        image++;
                    }
                }
#pragma unroll
                for (int i = 0; i < CHANNELS; i++) {
                    if (c + i < block) continue;
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) {
                        __global float *sum = place + (ulong)i * outputChannels + panel * 16;
                        if (blockRow != firstRow) sums[i][panel] += vload16(0, sum);
                        storeLanesFrom(newK - panel * 16, sums[i][panel], sum);
                    }
                }
            }
        }
    }
}
