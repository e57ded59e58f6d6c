// The gradient of a convolution's filter for CPU-like devices, first stage: partial sums over chunks of output rows.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's rows (n,p) and all q of
//   outputGradient[n,p,q,k] · input[n, p·stride+r−padding, q·stride+s−padding, c].
// Mapping: one work-item = 16·PANELS output channels × one chunk of rowsPerChunk output rows (rows of all images in
// one sequence). It takes rowsPerBlock rows at a time, few enough to stay in the cache while all taps and input channels
// pass over them; SPAN taps of a filter row × CHANNELS × PANELS float16 sums lie in registers over a block's pixels, and
// in the partial result between blocks.
//   SPAN 1 takes one tap at a time, of any filter. SPAN 3 takes a row of taps of 3×3 filters together, for a stride and a
//   padding known to the compiler: a pixel's value is read once for all taps that meet it, while the gradients of the
//   output columns around it stay in registers.
// Channels that are no multiple of the block's width: the last block reaches back over the one before it and stores only
// what is new. Needs Cin ≥ CHANNELS and Cout ≥ 16·PANELS.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; (CHANNELS + PANELS) loads for SPAN·CHANNELS·PANELS multiply-adds of
// 16 lanes with stride 1, (STRIDE·CHANNELS + PANELS) with a larger one.
#include "Common/PartialVector.h"
#include "Common/Tensor.h"

#if SPAN > 1
// The pixels x + phase, phase < STRIDE, meet under tap t the output column (x + phase + PADDING − t) / STRIDE, where that
// is whole: at most LAST_COLUMN columns after column x / STRIDE, and COLUMNS columns in all.
#define LAST_COLUMN ((STRIDE - 1 + PADDING) / STRIDE)
#define COLUMNS (LAST_COLUMN + (SPAN - 1 - PADDING) / STRIDE + 1)

// 16 gradients of an output column; zeros outside the output.
float16 loadColumn(__global const Activation *gradients, const int column, const int width, const int channels) {
    return column >= 0 && column < width ? loadActivation16(gradients + column * channels) : (float16)(0.0f);
}

#endif

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientDirect(
    INPUT(Activation, outputGradient), INPUT(Activation, input), OUTPUT(float, partials), const int batch, const int inputHeight,
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
        for (int tap = 0; tap < filterHeight * filterWidth; tap += SPAN) {
            const int r = tap / filterWidth, s = tap % filterWidth;
            for (int block = 0; block < inputChannels; block += CHANNELS) {
                const int c = min(block, inputChannels - CHANNELS);
                float16 sums[SPAN][CHANNELS][PANELS];
#pragma unroll
                for (int t = 0; t < SPAN; t++) {
#pragma unroll
                    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) sums[t][i][panel] = 0.0f;
                    }
                }
                int image = blockRow / outputHeight, p = blockRow % outputHeight;
                for (int row = blockRow; row < blockEnd; row++) {
                    const int y = p * stride + r - padding;
                    if (y >= 0 && y < inputHeight) {
                        __global const Activation *line =
                            input + ((ulong)image * inputHeight + y) * inputWidth * inputChannels + c;
                        __global const Activation *gradients = outputGradient + (ulong)row * outputWidth * outputChannels;
#if SPAN == 1
                        // The output columns whose pixel under this tap lies inside the input.
                        const int firstColumn = max(0, (padding - s + stride - 1) / stride);
                        const int lastPixel = inputWidth - 1 + padding - s;
                        const int endColumn = lastPixel < 0 ? 0 : min(outputWidth, lastPixel / stride + 1);
                        for (int column = firstColumn; column < endColumn; column++) {
                            __global const Activation *pixel = line + (column * stride + s - padding) * inputChannels;
                            float16 gradient[PANELS];
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) {
                                gradient[panel] = loadActivation16(gradients + column * outputChannels + panel * 16);
                            }
#pragma unroll
                            for (int i = 0; i < CHANNELS; i++) {
                                const float16 value = activationAt(pixel, i);
#pragma unroll
                                for (int panel = 0; panel < PANELS; panel++) {
                                    sums[0][i][panel] = multiplyAdd(value, gradient[panel], sums[0][i][panel]);
                                }
                            }
                        }
#else
                        float16 gradient[COLUMNS][PANELS];
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) {
#pragma unroll
                            for (int age = 1; age < COLUMNS; age++) {
                                gradient[age - 1][panel] =
                                    loadColumn(gradients + panel * 16, LAST_COLUMN - age, outputWidth, outputChannels);
                            }
                        }
                        for (int x = 0, column = LAST_COLUMN; x < inputWidth; x += STRIDE, column++) {
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) {
#pragma unroll
                                for (int age = COLUMNS - 1; age > 0; age--) {
                                    gradient[age][panel] = gradient[age - 1][panel];
                                }
                                gradient[0][panel] =
                                    loadColumn(gradients + panel * 16, column, outputWidth, outputChannels);
                            }
#pragma unroll
                            for (int phase = 0; phase < STRIDE; phase++) {
                                if (phase > 0 && x + phase >= inputWidth) break;
#pragma unroll
                                for (int i = 0; i < CHANNELS; i++) {
                                    const float16 value = activationAt(line, (x + phase) * inputChannels + i);
#pragma unroll
                                    for (int t = 0; t < SPAN; t++) {
                                        const int steps = phase + PADDING - t;
                                        if (steps % STRIDE != 0) continue;
#pragma unroll
                                        for (int panel = 0; panel < PANELS; panel++) {
                                            sums[t][i][panel] = multiplyAdd(
                                                value, gradient[LAST_COLUMN - steps / STRIDE][panel], sums[t][i][panel]);
                                        }
                                    }
                                }
                            }
                        }
#endif
                    }
                    if (++p == outputHeight) {
                        p = 0;
                        image++;
                    }
                }
                // Through memory and a loop that is not unrolled: unrolled, this part would take most of the compile time.
                float16 results[SPAN * CHANNELS * PANELS];
#pragma unroll
                for (int t = 0; t < SPAN; t++) {
#pragma unroll
                    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) {
                            results[(t * CHANNELS + i) * PANELS + panel] = sums[t][i][panel];
                        }
                    }
                }
#pragma unroll 1
                for (int n = 0; n < SPAN * CHANNELS * PANELS; n++) {
                    const int panel = n % PANELS, i = n / PANELS % CHANNELS, t = n / PANELS / CHANNELS;
                    if (c + i < block) continue;
                    __global float *sum =
                        partials + ((ulong)(tap + t) * inputChannels + c + i) * outputChannels + panel * 16;
                    float16 result = results[n];
                    if (blockRow != firstRow) result += loadLanesFrom(newK - panel * 16, sum);
                    storeLanesFrom(newK - panel * 16, result, sum);
                }
            }
        }
    }
}
