// The gradient of a 1×1 filter without padding, for CPU-like devices, first stage: partial sums over chunks of output rows.
//
// Problem: partial[chunk][c,k] = Σ over the chunk's rows (n,p) and all q of
//   outputGradient[n,p,q,k] · input[n, p·stride, q·stride, c].
// Mapping: one work-item = all channels × one chunk of rowsPerChunk output rows (rows of all images in one sequence). It
//   takes rowsPerBlock rows at a time, few enough to stay in the first-level cache while all blocks of channels pass over
//   them; 8 × PANELS float16 sums lie in registers over a block's pixels, and in the partial result between blocks.
//   Needs Cin to be a multiple of 8 and Cout one of 16·PANELS.
// Cost: 2·Cin·Cout flops for each output pixel, and each tensor is read once, which takes longer if there are few channels:
//   while a block is multiplied, the next one's lines of the caches are fetched.
#include "Common/Activation.h"
#include "Common/Prefetch.h"
#include "Common/Tensor.h"

// Fetches the bytes from `first` on.
void fetch(__global const Activation *row, const int first, const int count) {
    for (int i = 0; i < count; i += 64) prefetchForReading((__global const char *)row + first + i);
}

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientPointwise(
    INPUT(Activation, outputGradient), INPUT(Activation, input), OUTPUT(float, partials), const int rows,
    const int inputHeight, const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int stride, const int rowsPerChunk, const int rowsPerBlock) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(partials);
    const int chunk = get_global_id(0);
    const int firstRow = chunk * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, rows);
    partials += (ulong)chunk * inputChannels * outputChannels;
    const int passes = inputChannels / 8 * (outputChannels / (16 * PANELS));
    // Bytes of the next block's rows that are fetched with each row of a pass.
    const int inputShare = (int)sizeof(Activation) * inputWidth * inputChannels / passes + 1;
    const int gradientShare = (int)sizeof(Activation) * outputWidth * outputChannels / passes + 1;
    const int inputPitch = inputWidth * inputChannels, gradientPitch = outputWidth * outputChannels;
    for (int block = firstRow; block < endRow; block += rowsPerBlock) {
        const int endOfBlock = min(block + rowsPerBlock, endRow);
        const int ahead = endOfBlock + rowsPerBlock <= endRow ? rowsPerBlock : 0;
        int pass = 0;
        for (int k = 0; k < outputChannels; k += 16 * PANELS) {
            for (int c = 0; c < inputChannels; c += 8, pass++) {
                float16 sums[8][PANELS];
#pragma unroll
                for (int i = 0; i < 8; i++) {
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) sums[i][panel] = 0.0f;
                }
                int image = block / outputHeight, p = block % outputHeight;
                for (int row = block; row < endOfBlock; row++) {
                    __global const Activation *line = input + ((ulong)image * inputHeight + p * stride) * inputPitch;
                    __global const Activation *gradients = outputGradient + (ulong)row * gradientPitch;
                    // Across the end of an image the next block's rows lie elsewhere, if its height is odd: no harm.
                    if (ahead > 0) {
                        fetch(line + (ulong)ahead * stride * inputPitch, pass * inputShare, inputShare);
                        fetch(gradients + (ulong)ahead * gradientPitch, pass * gradientShare, gradientShare);
                    }
                    __global const Activation *values = line + c;
                    gradients += k;
                    for (int column = 0; column < outputWidth; column++) {
                        float16 gradient[PANELS];
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) {
                            gradient[panel] = loadActivation16(gradients + panel * 16);
                        }
#pragma unroll
                        for (int i = 0; i < 8; i++) {
                            const float16 value = activationAt(values, i);
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) {
                                sums[i][panel] = multiplyAdd(value, gradient[panel], sums[i][panel]);
                            }
                        }
                        values += stride * inputChannels;
                        gradients += outputChannels;
                    }
                    if (++p == outputHeight) {
                        p = 0;
                        image++;
                    }
                }
#pragma unroll
                for (int i = 0; i < 8; i++) {
                    __global float *place = partials + (c + i) * outputChannels + k;
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) {
                        if (block != firstRow) sums[i][panel] += vload16(panel, place);
                        vstore16(sums[i][panel], panel, place);
                    }
                }
            }
        }
    }
}
