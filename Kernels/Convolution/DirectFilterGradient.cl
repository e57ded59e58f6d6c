// The gradient of a convolution's filter for CPU-like devices, first stage: partial sums over chunks of output rows.
//
// Problem: partial[chunk][r,s,c,k] = Σ over the chunk's rows (n,p) and all q of
//   outputGradient[n,p,q,k] · input[n, p·stride+r−padding, q·stride+s−padding, c].
// Mapping: one work-item = blocksPerItem blocks of 16·PANELS output channels × one chunk of segments; a segment is up
//   to rowsPerSegment output rows of one image. It takes segmentsPerBlock segments at a time and copies what they need
//   into local memory, where a pass reads it without gaps: the input in panels of CHANNELS channels, with the padding
//   around the images, so that no pixel needs a test; the output gradient in blocks. SPAN taps of a filter row ×
//   CHANNELS × PANELS float16 sums lie in registers over a block's pixels, and in the partial result between blocks.
// Output channels that are no multiple of the block's width: the last block reaches back over the one before it and
// stores only what is new. Needs Cout ≥ 16·PANELS; SPAN divides the filter's width.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; (SPAN·CHANNELS + PANELS) loads for SPAN·CHANNELS·PANELS multiply-adds
//   of 16 lanes. While a block is multiplied, the next one's lines of the caches are fetched.
#include "Common/PartialVector.h"
#include "Common/Prefetch.h"
#include "Common/Tensor.h"

#define JOIN(a, b) a##b
#ifdef HALF_ACTIVATIONS
#define LOAD_VECTOR_OF(lanes) JOIN(vload_half, lanes)
#else
#define LOAD_VECTOR_OF(lanes) JOIN(vload, lanes)
#endif
#define STORE_VECTOR_OF(lanes) JOIN(vstore, lanes)

// Fetches the bytes from `first` on into the second-level cache.
void fetch(__global const Activation *row, const int first, const int count) {
    for (int i = 0; i < count; i += 64) prefetchForLaterReading((__global const char *)row + first + i);
}

// Copies `channels` channels of the pixels firstX, firstX + step, … of a row to panels of CHANNELS channels, with zeros
// for what lies outside the image and for missing channels.
void packRow(
    __global const Activation *line, __local float *copy, const int pixels, const int firstX, const int step,
    const int width, const int pixelPitch, const int channels, const int panelPitch) {
    for (int j = 0, x = firstX; j < pixels; j++, x += step, copy += CHANNELS) {
        const bool isInside = x >= 0 && x < width;
        __global const Activation *pixel = line + (isInside ? x : 0) * pixelPitch;
        const int whole = isInside ? channels / CHANNELS * CHANNELS : 0;
        __local float *place = copy;
        int c = 0;
        for (; c < whole; c += CHANNELS, place += panelPitch) {
            STORE_VECTOR_OF(CHANNELS)(LOAD_VECTOR_OF(CHANNELS)(0, pixel + c), 0, place);
        }
        for (; c < channels; c += CHANNELS, place += panelPitch) {
            for (int i = 0; i < CHANNELS; i++) place[i] = isInside && c + i < channels ? activationAt(pixel, c + i) : 0.0f;
        }
    }
}

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void filterGradientDirect(
    INPUT(Activation, outputGradient), INPUT(Activation, input), OUTPUT(float, partials), const int batch,
    const int inputHeight, const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int filterHeight, const int filterWidth, const int padding, const int stride,
    const int segmentsPerChunk, const int segmentsPerBlock, const int rowsPerSegment, const int blocksPerItem,
    const int channelsPerGroup, const int bandStep, const int bandRows, const int bandPitch, __local float *band,
    __local float16 *gradients) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(partials);
    const int chunk = get_global_id(1);
    const int segmentsPerImage = (outputHeight + rowsPerSegment - 1) / rowsPerSegment;
    const int firstSegment = chunk * segmentsPerChunk;
    const int endSegment = min(firstSegment + segmentsPerChunk, batch * segmentsPerImage);
    const int firstK = get_global_id(0) * blocksPerItem * 16 * PANELS;
    const int endK = min(firstK + blocksPerItem * 16 * PANELS, outputChannels);
    partials += (ulong)chunk * filterHeight * filterWidth * inputChannels * outputChannels;

    // Of the input only every bandStep-th pixel of every bandStep-th row is copied; columnStep of the copies lie between
    // the windows of neighbouring output pixels.
    const int columnStep = stride / bandStep;
    const int segmentPitch = bandRows * bandPitch * CHANNELS, panelPitch = segmentsPerBlock * segmentPitch;
    const int inputPitch = inputWidth * inputChannels, gradientPitch = outputWidth * outputChannels;

    for (int segment = firstSegment; segment < endSegment; segment += segmentsPerBlock) {
        const int segments = min(segmentsPerBlock, endSegment - segment);
        for (int group = 0; group < inputChannels; group += channelsPerGroup) {
            const int endChannel = min(group + channelsPerGroup, inputChannels);
            for (int n = 0; n < segments; n++) {
                const int image = (segment + n) / segmentsPerImage;
                const int firstRow = (segment + n) % segmentsPerImage * rowsPerSegment;
                for (int i = 0; i < bandRows; i++) {
                    const int y = firstRow * stride + i * bandStep - padding;
                    const bool isInside = y >= 0 && y < inputHeight;
                    __global const Activation *line =
                        input + ((ulong)image * inputHeight + (isInside ? y : 0)) * inputPitch;
                    __local float *copy = band + n * segmentPitch + i * bandPitch * CHANNELS;
                    packRow(
                        line + group, copy, bandPitch, -padding, bandStep, isInside ? inputWidth : 0, inputChannels,
                        endChannel - group, panelPitch);
                }
            }
            const int passes = (endK - firstK + 16 * PANELS - 1) / (16 * PANELS) * filterHeight * (filterWidth / SPAN)
                * ((endChannel - group + CHANNELS - 1) / CHANNELS);
            // Bytes of the next block's rows that are fetched with each row of a pass.
            const int inputShare = (int)sizeof(Activation) * min(stride, filterHeight) * inputPitch / passes + 1;
            const int gradientShare = (int)sizeof(Activation) * gradientPitch / passes + 1;
            int pass = 0;
            for (int block = firstK; block < endK; block += 16 * PANELS) {
                const int k = min(block, outputChannels - 16 * PANELS), newK = block - k;
                __local float16 *copy = gradients;
                for (int n = 0; n < segments; n++) {
                    const int image = (segment + n) / segmentsPerImage;
                    const int firstRow = (segment + n) % segmentsPerImage * rowsPerSegment;
                    const int pixels = min(rowsPerSegment, outputHeight - firstRow) * outputWidth;
                    __global const Activation *pixel =
                        outputGradient + ((ulong)image * outputHeight + firstRow) * gradientPitch + k;
                    for (int i = 0; i < pixels; i++, pixel += outputChannels) {
                        for (int panel = 0; panel < PANELS; panel++) *copy++ = loadActivation16(pixel + panel * 16);
                    }
                }
                for (int tap = 0; tap < filterHeight * filterWidth; tap += SPAN) {
                    const int r = tap / filterWidth, s = tap % filterWidth;
                    for (int c = group; c < endChannel; c += CHANNELS, pass++) {
                        float16 sums[SPAN * CHANNELS][PANELS];
#pragma unroll
                        for (int i = 0; i < SPAN * CHANNELS; i++) {
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) sums[i][panel] = 0.0f;
                        }
                        __local const float *panelOfBand =
                            band + (c - group) / CHANNELS * panelPitch + (r * bandPitch + s) * CHANNELS;
                        __local const float16 *gradient = gradients;
                        for (int n = 0; n < segments; n++) {
                            const int firstRow = (segment + n) % segmentsPerImage * rowsPerSegment;
                            const int rows = min(rowsPerSegment, outputHeight - firstRow);
                            const int nextSegment = segment + segmentsPerBlock + n;
                            const ulong nextImage = nextSegment / segmentsPerImage;
                            const int nextRow = nextSegment % segmentsPerImage * rowsPerSegment;
                            __global const Activation *nextLine =
                                input + (nextImage * inputHeight + nextRow * stride) * inputPitch;
                            __global const Activation *nextGradients =
                                outputGradient + (nextImage * outputHeight + nextRow) * gradientPitch;
                            for (int row = 0; row < rows; row++) {
                                if (nextSegment < endSegment) {
                                    fetch(nextLine + row * stride * inputPitch, pass * inputShare, inputShare);
                                    fetch(nextGradients + row * gradientPitch, pass * gradientShare, gradientShare);
                                }
                                __local const float *values =
                                    panelOfBand + n * segmentPitch + row * columnStep * bandPitch * CHANNELS;
                                for (int column = 0; column < outputWidth; column++) {
                                    float16 vectors[PANELS];
#pragma unroll
                                    for (int panel = 0; panel < PANELS; panel++) vectors[panel] = gradient[panel];
#pragma unroll
                                    for (int i = 0; i < SPAN * CHANNELS; i++) {
                                        const float16 value = values[i];
#pragma unroll
                                        for (int panel = 0; panel < PANELS; panel++) {
                                            sums[i][panel] = multiplyAdd(value, vectors[panel], sums[i][panel]);
                                        }
                                    }
                                    values += columnStep * CHANNELS;
                                    gradient += PANELS;
                                }
                            }
                        }
                        __global float *place = partials + ((ulong)tap * inputChannels + c) * outputChannels + k;
                        if (newK == 0 && c + CHANNELS <= endChannel) {
#pragma unroll
                            for (int i = 0; i < SPAN * CHANNELS; i++) {
                                __global float *sum =
                                    place + (i / CHANNELS * inputChannels + i % CHANNELS) * outputChannels;
#pragma unroll
                                for (int panel = 0; panel < PANELS; panel++) {
                                    __global UnalignedVector *whole = (__global UnalignedVector *)(sum + panel * 16);
                                    *whole = segment == firstSegment ? sums[i][panel] : *whole + sums[i][panel];
                                }
                            }
                        } else {
                            float16 results[SPAN * CHANNELS * PANELS];
#pragma unroll
                            for (int i = 0; i < SPAN * CHANNELS; i++) {
#pragma unroll
                                for (int panel = 0; panel < PANELS; panel++) {
                                    results[i * PANELS + panel] = sums[i][panel];
                                }
                            }
#pragma unroll 1
                            for (int n = 0; n < SPAN * CHANNELS * PANELS; n++) {
                                const int panel = n % PANELS, i = n / PANELS % CHANNELS, t = n / PANELS / CHANNELS;
                                if (c + i >= endChannel) continue;
                                __global float *sum = place + (t * inputChannels + i) * outputChannels + panel * 16;
                                float16 result = results[n];
                                if (segment != firstSegment) result += loadLanesFrom(newK - panel * 16, sum);
                                storeLanesFrom(newK - panel * 16, result, sum);
                            }
                        }
                    }
                }
            }
        }
    }
}
