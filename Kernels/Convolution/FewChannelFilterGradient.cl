// The gradient of the filter of a convolution whose input has few channels (the first layer), for CPU-like devices,
// first stage: partial sums over chunks of output rows.
//
// Problem: as in DirectFilterGradient.cl; a row of taps reads S·Cin consecutive floats of the input, so all
// R·S·Cin products of a pixel are one list of `taps`.
// Mapping: one work-item = 16 output channels × one chunk of rowsPerChunk output rows. It copies the input rows of
// rowsPerBlock output rows into local memory, with the padding around them, so that no pixel needs a test; TAPS float16
// sums lie in registers over a block and in the partial result between blocks. Needs Cout ≥ 16.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; TAPS + 1 loads for TAPS multiply-adds of 16 lanes.
#include "Common/PartialVector.h"
#include "Common/Tensor.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientFewChannels(
    INPUT(float, outputGradient), INPUT(float, input), OUTPUT(float, partials), const int batch, const int inputHeight,
    const int inputWidth, const int channels, const int outputHeight, const int outputWidth, const int outputChannels,
    const int filterHeight, const int filterWidth, const int padding, const int stride, const int rowsPerChunk,
    const int rowsPerBlock, const int bandPitch, __local float *band) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(partials);
    const int chunk = get_global_id(1);
    const int k = min((int)get_global_id(0) * 16, outputChannels - 16), newK = get_global_id(0) * 16 - k;
    const int firstRow = chunk * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, batch * outputHeight);
    const int window = filterWidth * channels, taps = filterHeight * window, step = stride * channels;
    partials += (ulong)chunk * taps * outputChannels + k;
    outputGradient += k;

    int blockEnd;
    for (int blockRow = firstRow; blockRow < endRow; blockRow = blockEnd) {
        const int image = blockRow / outputHeight, p = blockRow % outputHeight;
        const int rows = min(min(rowsPerBlock, outputHeight - p), endRow - blockRow);
        blockEnd = blockRow + rows;
        const int bandRows = (rows - 1) * stride + filterHeight;
        for (int i = 0; i < bandRows; i++) {
            __local float *copy = band + i * bandPitch;
            const int y = p * stride - padding + i;
            for (int j = 0; j < bandPitch; j++) copy[j] = 0.0f;
            if (y < 0 || y >= inputHeight) continue;
            __global const float *line = input + ((ulong)image * inputHeight + y) * inputWidth * channels;
            for (int j = 0; j < inputWidth * channels; j++) copy[padding * channels + j] = line[j];
        }
        for (int firstTap = 0; firstTap < taps; firstTap += TAPS) {
            float16 sums[TAPS];
            int places[TAPS];
#pragma unroll
            for (int i = 0; i < TAPS; i++) {
                const int tap = min(firstTap + i, taps - 1);
                sums[i] = 0.0f;
                places[i] = tap / window * bandPitch + tap % window;
            }
            for (int row = 0; row < rows; row++) {
                __local const float *pixel = band + row * stride * bandPitch;
                __global const float *gradients =
                    outputGradient + (ulong)(blockRow + row) * outputWidth * outputChannels;
                for (int column = 0; column < outputWidth; column++) {
                    const float16 gradient = vload16(0, gradients);
#pragma unroll
                    for (int i = 0; i < TAPS; i++) sums[i] = multiplyAdd(pixel[places[i]], gradient, sums[i]);
                    pixel += step;
                    gradients += outputChannels;
                }
            }
#pragma unroll
            for (int i = 0; i < TAPS; i++) {
                if (firstTap + i >= taps) break;
                __global float *sum = partials + (ulong)(firstTap + i) * outputChannels;
                if (blockRow != firstRow) sums[i] += vload16(0, sum);
                storeLanesFrom(newK, sums[i], sum);
            }
        }
    }
}
