// Convolution of an input with few channels (the first layer of a network) for CPU-like devices.
//
// Problem: as in DirectConvolution.cl, forward only; CHANNELS, STRIDE and FILTER_WIDTH are known to the compiler, since a
// network has one such layer.
// Mapping: one work-item = 16·PANELS output channels × rowsPerItem rows of one image. It copies the input rows that it
// needs into local memory, with the padding around them, so that no pixel needs a test; then PIXELS × PANELS float16
// sums stay in registers over all taps. Each value of a row is read once for all pixels whose windows hold it.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; with 1 or 3 channels the output's bytes take longer. Each input row is
// copied about 1 + R / (rowsPerItem·stride) times.
#include "Common/Prefetch.h"
#include "Common/Streaming.h"
#include "Convolution/Epilogue.h"
#include "Convolution/InputBand.h"

#define WINDOW (FILTER_WIDTH * CHANNELS)
#define STEP (STRIDE * CHANNELS)

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveFewChannels(
    INPUT(Activation, input), INPUT(float, panels), OUTPUT(Activation, output), ADDEND, const int inputHeight,
    const int inputWidth, const int outputHeight, const int outputWidth, const int outputChannels,
    const int filterHeight, const int padding, const int rowsPerItem, const int bandPitch, __local float *band) {
    OPEN(input);
    OPEN(panels);
    OPEN(output);
    OPEN(addend);
    const int image = get_global_id(2);
    const int firstRow = get_global_id(1) * rowsPerItem, rows = min(rowsPerItem, outputHeight - firstRow);
    const int firstPanel = get_global_id(0) * PANELS;
    const int panelStride = filterHeight * WINDOW * 16;
    panels += (ulong)firstPanel * panelStride;
    input += (ulong)image * inputHeight * inputWidth * CHANNELS;
    const bool streams = isStreamed(output, get_global_size(2) * outputHeight * outputWidth, outputChannels);
    const ulong firstPixel = ((ulong)image * outputHeight + firstRow) * outputWidth;

    const int bandRows = (rows - 1) * STRIDE + filterHeight;
    for (int i = 0; i < bandRows; i++) {
        copyBandRow(
            input, band + i * bandPitch, firstRow * STRIDE - padding + i, inputHeight, inputWidth * CHANNELS,
            padding * CHANNELS, bandPitch);
    }

    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < outputWidth; column += PIXELS) {
            float16 sums[PIXELS][PANELS];
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) sums[pixel][panel] = 0.0f;
            }
            // What the next tile writes is fetched: here memory takes longer than the arithmetic.
            const ulong pixelOfTile = firstPixel + (ulong)row * outputWidth + column;
            __global Activation *place = output + pixelOfTile * outputChannels + firstPanel * 16;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                for (int panel = 0; panel < PANELS; panel++) {
                    if (!streams) prefetchForWriting(place + (PIXELS + pixel) * outputChannels + panel * 16);
                }
            }
            for (int r = 0; r < filterHeight; r++) {
                __local const float *line = band + (row * STRIDE + r) * bandPitch + column * STEP;
                __global const float *weights = panels + r * WINDOW * 16;
                for (int c = 0; c < CHANNELS; c++) {
                    float16 weight[FILTER_WIDTH][PANELS];
#pragma unroll
                    for (int s = 0; s < FILTER_WIDTH; s++) {
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) {
                            weight[s][panel] = vload16(s * CHANNELS + c, weights + panel * panelStride);
                        }
                    }
#pragma unroll
                    for (int x = 0; x < (PIXELS - 1) * STRIDE + FILTER_WIDTH; x++) {
                        const float16 value = line[x * CHANNELS + c];
#pragma unroll
                        for (int s = 0; s < FILTER_WIDTH; s++) {
                            const int pixel = (x - s) / STRIDE;
                            if (x < s || (x - s) % STRIDE != 0 || pixel >= PIXELS) continue;
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) {
                                sums[pixel][panel] = multiplyAdd(value, weight[s][panel], sums[pixel][panel]);
                            }
                        }
                    }
                }
            }
            if (!hasAddend && column + PIXELS <= outputWidth && (firstPanel + PANELS) * 16 <= outputChannels) {
#pragma unroll
                for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) {
                        writeActivation16(
                            sums[pixel][panel], place + pixel * outputChannels + panel * 16, streams);
                    }
                }
                continue;
            }
            // Through memory and loops that are not unrolled: unrolled, this part would take most of the compile time.
            float16 results[PIXELS * PANELS];
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) results[pixel * PANELS + panel] = sums[pixel][panel];
            }
#pragma unroll 1
            for (int n = 0; n < min(PIXELS, outputWidth - column) * PANELS; n++) {
                const int pixel = n / PANELS, panel = n % PANELS;
                const int channel = (firstPanel + panel) * 16;
                storeSums(
                    results[n], output, addend, hasAddend, (pixelOfTile + pixel) * outputChannels + channel,
                    outputChannels - channel, streams);
            }
        }
    }
    endStreaming(streams);
}
