// Pooling over pixels of NHWC tensors, for all devices (channels as in Common/ChannelVector.h).
//
// Mapping: along dimension 1 a work-item takes one image (globalAveragePooling) or one row of pixels of an image (the
// others). Each element is written by one work-item, which adds in row-major order: no atomics, always the same bits.
// Cost: a few operations for each element read; memory traffic decides.
#include "Common/ChannelVector.h"
#include "Common/Tensor.h"

// Vectors of pixel indices.
#if VECTOR == 16
typedef int16 Integers;
#define loadIntegers(pointer, remaining) as_int16(load((__global const float *)(pointer), remaining, 0.0f))
#define storeIntegers(value, pointer, remaining) store(as_float16(value), (__global float *)(pointer), remaining)
#else
typedef int Integers;
#define loadIntegers(pointer, remaining) (*(pointer))
#define storeIntegers(value, pointer, remaining) (*(pointer) = (value))
#endif

// output[n,c] = the mean over the pixels. Each row of pixels is added up by itself, which loses fewer digits.
__kernel void globalAveragePooling(
    INPUT(Activation, input), OUTPUT(float, output), const int batch, const int height, const int width,
    const int channels) {
    OPEN(input);
    OPEN(output);
    const int image = get_global_id(1);
    if (image >= batch) return;
    CHANNEL_LOOP(c, channels) {
        __global const Activation *pixel = input + (ulong)image * height * width * channels + c;
        Vector sum = 0.0f;
        for (int y = 0; y < height; y++) {
            Vector rowSum = 0.0f;
            for (int x = 0; x < width; x++, pixel += channels) rowSum += loadActivations(pixel, channels - c, 0.0f);
            sum += rowSum;
        }
        store(sum / (float)(height * width), output + (ulong)image * channels + c, channels - c);
    }
}

// inputGradient[n,h,w,c] = outputGradient[n,c] / (H·W)
__kernel void globalAveragePoolingGradient(
    INPUT(float, outputGradient), OUTPUT(Activation, inputGradient), const int rows, const int height, const int width,
    const int channels) {
    OPEN(outputGradient);
    OPEN(inputGradient);
    const int row = get_global_id(1);
    if (row >= rows) return;
    CHANNEL_LOOP(c, channels) {
        const Vector gradient = load(outputGradient + (ulong)(row / height) * channels + c, channels - c, 0.0f);
        __global Activation *pixel = inputGradient + (ulong)row * width * channels + c;
        for (int x = 0; x < width; x++, pixel += channels) {
            storeActivations(gradient / (float)(height * width), pixel, channels - c);
        }
    }
}

// output = the largest element of each window, indices = h·W + w of the first such element. NaN counts as largest.
__kernel void maxPooling(
    INPUT(Activation, input), OUTPUT(Activation, output), OUTPUT(int, indices), const int rows, const int inputHeight,
    const int inputWidth, const int outputHeight, const int outputWidth, const int channels, const int window,
    const int stride, const int padding) {
    OPEN(input);
    OPEN(output);
    OPEN(indices);
    const int row = get_global_id(1);
    if (row >= rows) return;
    const int firstY = row % outputHeight * stride - padding;
    const int startY = max(firstY, 0), endY = min(firstY + window, inputHeight);
    CHANNEL_LOOP(c, channels) {
        __global const Activation *image = input + (ulong)(row / outputHeight) * inputHeight * inputWidth * channels + c;
        for (int q = 0; q < outputWidth; q++) {
            const int firstX = q * stride - padding;
            const int startX = max(firstX, 0), endX = min(firstX + window, inputWidth);
            Vector largest = -INFINITY;
            Integers place = startY * inputWidth + startX;
            for (int y = startY; y < endY; y++) {
                for (int x = startX; x < endX; x++) {
                    const int pixel = y * inputWidth + x;
                    const Vector value = loadActivations(image + (ulong)pixel * channels, channels - c, 0.0f);
                    const Integers better = isgreater(value, largest) | (isnan(value) & !isnan(largest));
                    largest = select(largest, value, better);
                    place = select(place, (Integers)(pixel), better);
                }
            }
            const ulong target = ((ulong)row * outputWidth + q) * channels + c;
            storeActivations(largest, output + target, channels - c);
            storeIntegers(place, indices + target, channels - c);
        }
    }
}

// inputGradient[n,h,w,c] = the sum of outputGradient over the windows whose index names (h,w), in row-major order.
__kernel void maxPoolingGradient(
    INPUT(Activation, outputGradient), INPUT(int, indices), OUTPUT(Activation, inputGradient), const int rows,
    const int inputHeight, const int inputWidth, const int outputHeight, const int outputWidth, const int channels,
    const int window, const int stride, const int padding) {
    OPEN(outputGradient);
    OPEN(indices);
    OPEN(inputGradient);
    const int row = get_global_id(1);
    if (row >= rows) return;
    // Window p covers the rows p·stride − padding ..< p·stride − padding + window.
    const int y = row % inputHeight + padding;
    const int startP = y < window ? 0 : (y - window) / stride + 1, endP = min(y / stride + 1, outputHeight);
    CHANNEL_LOOP(c, channels) {
        const ulong image = (ulong)(row / inputHeight) * outputHeight * outputWidth * channels + c;
        for (int column = 0; column < inputWidth; column++) {
            const int x = column + padding;
            const int startQ = x < window ? 0 : (x - window) / stride + 1, endQ = min(x / stride + 1, outputWidth);
            const Integers pixel = row % inputHeight * inputWidth + column;
            Vector sum = 0.0f;
            for (int p = startP; p < endP; p++) {
                for (int q = startQ; q < endQ; q++) {
                    const ulong place = image + (ulong)(p * outputWidth + q) * channels;
                    const Vector gradient = loadActivations(outputGradient + place, channels - c, 0.0f);
                    const Integers index = loadIntegers(indices + place, channels - c);
                    sum += select((Vector)(0.0f), gradient, index == pixel);
                }
            }
            storeActivations(sum, inputGradient + ((ulong)row * inputWidth + column) * channels + c, channels - c);
        }
    }
}
