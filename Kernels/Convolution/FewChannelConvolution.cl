// Convolution of an input with few channels (the first layer of a network) for CPU-like devices.
//
// Problem: as in DirectConvolution.cl, forward only. With 1 or 3 channels a tap is too little work for one inner loop,
// but the S taps of a filter row read S·Cin consecutive floats of the input: the loop runs over those.
// Mapping: one work-item = 16·PANELS output channels × rowsPerItem rows of one image. It copies the input rows that it
// needs into local memory, with the padding around them, so that no pixel needs a test; then PIXELS × PANELS float16
// sums stay in registers over all taps.
// Cost: 2·R·S·Cin·Cout flops for each output pixel; each input row is copied about 1 + R / (rowsPerItem·stride) times.
#include "Common/PartialVector.h"
#include "Common/Tensor.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveFewChannels(
    INPUT(float, input), INPUT(float, panels), OUTPUT(float, output), const int inputHeight, const int inputWidth,
    const int channels, const int outputHeight, const int outputWidth, const int outputChannels,
    const int filterHeight, const int filterWidth, const int padding, const int stride, const int rowsPerItem,
    const int bandPitch, __local float *band) {
    OPEN(input);
    OPEN(panels);
    OPEN(output);
    const int image = get_global_id(2);
    const int firstRow = get_global_id(1) * rowsPerItem, rows = min(rowsPerItem, outputHeight - firstRow);
    const int firstPanel = get_global_id(0) * PANELS;
    const int window = filterWidth * channels;
    const int panelStride = filterHeight * window * 16;
    panels += (ulong)firstPanel * panelStride;
    input += (ulong)image * inputHeight * inputWidth * channels;
    output += ((ulong)image * outputHeight + firstRow) * outputWidth * outputChannels + firstPanel * 16;

    const int bandRows = (rows - 1) * stride + filterHeight;
    for (int i = 0; i < bandRows; i++) {
        __local float *copy = band + i * bandPitch;
        const int y = firstRow * stride - padding + i;
        for (int j = 0; j < bandPitch; j++) copy[j] = 0.0f;
        if (y < 0 || y >= inputHeight) continue;
        __global const float *line = input + (ulong)y * inputWidth * channels;
        for (int j = 0; j < inputWidth * channels; j++) copy[padding * channels + j] = line[j];
    }

    const int step = stride * channels;
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < outputWidth; column += PIXELS) {
            float16 sums[PIXELS][PANELS];
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) sums[pixel][panel] = 0.0f;
            }
            for (int r = 0; r < filterHeight; r++) {
                __local const float *pixels = band + (row * stride + r) * bandPitch + column * step;
                __global const float *weights = panels + r * window * 16;
                for (int i = 0; i < window; i++) {
                    float16 weight[PANELS];
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) {
                        weight[panel] = vload16(i, weights + panel * panelStride);
                    }
#pragma unroll
                    for (int pixel = 0; pixel < PIXELS; pixel++) {
                        const float16 value = pixels[pixel * step + i];
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) {
                            sums[pixel][panel] = multiplyAdd(value, weight[panel], sums[pixel][panel]);
                        }
                    }
                }
            }
            __global float *line = output + ((ulong)row * outputWidth + column) * outputChannels;
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                if (column + pixel >= outputWidth) break;
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) {
                    storeLanes(sums[pixel][panel], line + (ulong)pixel * outputChannels + panel * 16,
                        outputChannels - (firstPanel + panel) * 16);
                }
            }
        }
    }
}
