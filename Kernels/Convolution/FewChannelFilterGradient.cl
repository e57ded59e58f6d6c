// The gradient of the filter of a convolution whose input has few channels (the first layer), for CPU-like devices,
// first stage: partial sums over chunks of output rows.
//
// Problem: as in DirectFilterGradient.cl; CHANNELS, STRIDE and FILTER_WIDTH are known to the compiler, since a network
// has one such layer.
// Mapping: one work-item = 16 output channels × one chunk of rowsPerChunk output rows. It copies the input rows of
// rowsPerBlock output rows into local memory, with the padding around them, so that no pixel needs a test; TAP_ROWS ×
// FILTER_WIDTH × CHANNELS float16 sums lie in registers over a block and in the partial result between blocks. Needs
// Cout ≥ 16; TAP_ROWS divides the filter's height.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; with stride 1 a load for every FILTER_WIDTH multiply-adds.
#include "Common/PartialVector.h"
#include "Common/Prefetch.h"
#include "Common/Tensor.h"
#include "Convolution/InputBand.h"

// Output columns whose windows hold one pixel.
#define COLUMNS ((FILTER_WIDTH + STRIDE - 1) / STRIDE)

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientFewChannels(
    INPUT(Activation, outputGradient), INPUT(Activation, input), OUTPUT(float, partials), const int batch,
    const int inputHeight, const int inputWidth, const int outputHeight, const int outputWidth, const int outputChannels,
    const int filterHeight, const int padding, const int rowsPerChunk, const int rowsPerBlock, const int bandPitch,
    __local float *band) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(partials);
    const int chunk = get_global_id(1);
    const int k = min((int)get_global_id(0) * 16, outputChannels - 16), newK = get_global_id(0) * 16 - k;
    const int firstRow = chunk * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, batch * outputHeight);
    partials += (ulong)chunk * filterHeight * FILTER_WIDTH * CHANNELS * outputChannels + k;
    outputGradient += k;

    int blockEnd;
    for (int blockRow = firstRow; blockRow < endRow; blockRow = blockEnd) {
        const int image = blockRow / outputHeight, p = blockRow % outputHeight;
        const int rows = min(min(rowsPerBlock, outputHeight - p), endRow - blockRow);
        blockEnd = blockRow + rows;
        const int bandRows = (rows - 1) * STRIDE + filterHeight;
        for (int i = 0; i < bandRows; i++) {
            copyBandRow(
                input + (ulong)image * inputHeight * inputWidth * CHANNELS, band + i * bandPitch,
                p * STRIDE - padding + i, inputHeight, inputWidth * CHANNELS, padding * CHANNELS, bandPitch);
        }
        for (int firstR = 0; firstR < filterHeight; firstR += TAP_ROWS) {
            float16 sums[TAP_ROWS][FILTER_WIDTH][CHANNELS];
#pragma unroll
            for (int r = 0; r < TAP_ROWS; r++) {
#pragma unroll
                for (int s = 0; s < FILTER_WIDTH; s++) {
#pragma unroll
                    for (int c = 0; c < CHANNELS; c++) sums[r][s][c] = 0.0f;
                }
            }
            for (int row = 0; row < rows; row++) {
                __local const float *pixel = band + (row * STRIDE + firstR) * bandPitch;
                __global const Activation *gradients =
                    outputGradient + (ulong)(blockRow + row) * outputWidth * outputChannels;
                // Column q has the pixel q·STRIDE + s under tap s, and column q − 1 has it under tap s + STRIDE: a value is
                // read once for all such pairs, while the gradients of their columns stay in registers.
                float16 gradient[COLUMNS];
#pragma unroll
                for (int i = 0; i < COLUMNS; i++) gradient[i] = 0.0f;
                for (int q = 0; q < outputWidth + COLUMNS - 1; q++) {
#pragma unroll
                    for (int i = COLUMNS - 1; i > 0; i--) gradient[i] = gradient[i - 1];
                    prefetchForReading(gradients + (outputWidth + q) * outputChannels);
                    gradient[0] = q < outputWidth ? loadActivation16(gradients + q * outputChannels) : (float16)(0.0f);
#pragma unroll
                    for (int phase = 0; phase < min(STRIDE, FILTER_WIDTH); phase++) {
#pragma unroll
                        for (int r = 0; r < TAP_ROWS; r++) {
#pragma unroll
                            for (int c = 0; c < CHANNELS; c++) {
                                const float16 value = pixel[r * bandPitch + phase * CHANNELS + c];
#pragma unroll
                                for (int s = phase; s < FILTER_WIDTH; s += STRIDE) {
                                    sums[r][s][c] = multiplyAdd(value, gradient[s / STRIDE], sums[r][s][c]);
                                }
                            }
                        }
                    }
                    pixel += STRIDE * CHANNELS;
                }
            }
            // Through memory and a loop that is not unrolled: unrolled, this part would take most of the compile time.
            float16 results[TAP_ROWS * FILTER_WIDTH * CHANNELS];
#pragma unroll
            for (int r = 0; r < TAP_ROWS; r++) {
#pragma unroll
                for (int s = 0; s < FILTER_WIDTH; s++) {
#pragma unroll
                    for (int c = 0; c < CHANNELS; c++) {
                        results[(r * FILTER_WIDTH + s) * CHANNELS + c] = sums[r][s][c];
                    }
                }
            }
            __global float *place = partials + (ulong)firstR * FILTER_WIDTH * CHANNELS * outputChannels;
#pragma unroll 1
            for (int tap = 0; tap < TAP_ROWS * FILTER_WIDTH * CHANNELS; tap++, place += outputChannels) {
                float16 result = results[tap];
                if (blockRow != firstRow) result += loadLanesFrom(newK, place);
                storeLanesFrom(newK, result, place);
            }
        }
    }
}
