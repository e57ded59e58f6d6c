// Convolution and its two gradients, written as their definitions: accepts every shape on every device, and is what
// the faster kernels fall back to for shapes that they do not accept.
//
// Mapping: work-items (channel, pixel), or (output channel, tap and input channel) for the filter's gradient: one for
// each element of the result.
// Cost: 2 flops and two loads for each multiply-add.
#include "Convolution/Epilogue.h"

// output[n,p,q,k] = Σ_{r,s,c} input[n, p·stride+r−padding, q·stride+s−padding, c] · filter[r,s,c,k]
__kernel void convolveReference(
    INPUT(Activation, input), INPUT(float, filter), OUTPUT(Activation, output), ADDEND, const int inputHeight,
    const int inputWidth, const int inputChannels, const int outputHeight, const int outputWidth,
    const int outputChannels, const int filterHeight, const int filterWidth, const int stride, const int padding) {
    OPEN(input);
    OPEN(filter);
    OPEN(output);
    OPEN(addend);
    const int k = get_global_id(0);
    const ulong pixel = get_global_id(1);
    const int q = pixel % outputWidth, p = pixel / outputWidth % outputHeight;
    input += pixel / outputWidth / outputHeight * inputHeight * inputWidth * inputChannels;
    float sum = 0.0f;
    for (int r = 0; r < filterHeight; r++) {
        const int y = p * stride + r - padding;
        if (y < 0 || y >= inputHeight) continue;
        for (int s = 0; s < filterWidth; s++) {
            const int x = q * stride + s - padding;
            if (x < 0 || x >= inputWidth) continue;
            __global const Activation *values = input + ((ulong)y * inputWidth + x) * inputChannels;
            __global const float *weights = filter + (ulong)(r * filterWidth + s) * inputChannels * outputChannels + k;
            for (int c = 0; c < inputChannels; c++) {
                sum = multiplyAdd(activationAt(values, c), weights[(ulong)c * outputChannels], sum);
            }
        }
    }
    const ulong place = pixel * outputChannels + k;
    setActivation(hasAddend ? sum + activationAt(addend, place) : sum, output, place);
}

// inputGradient[n,h,w,c] = Σ outputGradient[n,p,q,k] · filter[r,s,c,k] over all (p,q,r,s,k) that read (h,w)
__kernel void inputGradientReference(
    INPUT(Activation, outputGradient), INPUT(float, filter), OUTPUT(Activation, inputGradient), ADDEND,
    const int inputHeight, const int inputWidth, const int inputChannels, const int outputHeight,
    const int outputWidth, const int outputChannels, const int filterHeight, const int filterWidth, const int stride,
    const int padding) {
    OPEN(outputGradient);
    OPEN(filter);
    OPEN(inputGradient);
    OPEN(addend);
    const int c = get_global_id(0);
    const ulong pixel = get_global_id(1);
    const int w = pixel % inputWidth, h = pixel / inputWidth % inputHeight;
    outputGradient += pixel / inputWidth / inputHeight * outputHeight * outputWidth * outputChannels;
    float sum = 0.0f;
    for (int r = 0; r < filterHeight; r++) {
        const int y = h + padding - r;
        if (y < 0 || y % stride != 0 || y / stride >= outputHeight) continue;
        for (int s = 0; s < filterWidth; s++) {
            const int x = w + padding - s;
            if (x < 0 || x % stride != 0 || x / stride >= outputWidth) continue;
            __global const Activation *gradients =
                outputGradient + ((ulong)(y / stride) * outputWidth + x / stride) * outputChannels;
            __global const float *weights = filter + ((ulong)(r * filterWidth + s) * inputChannels + c) * outputChannels;
            for (int k = 0; k < outputChannels; k++) sum = multiplyAdd(activationAt(gradients, k), weights[k], sum);
        }
    }
    const ulong place = pixel * inputChannels + c;
    setActivation(hasAddend ? sum + activationAt(addend, place) : sum, inputGradient, place);
}

// filterGradient[r,s,c,k] = Σ_{n,p,q} outputGradient[n,p,q,k] · input[n, p·stride+r−padding, q·stride+s−padding, c]
// One sum for each output row, then the sum of those: one long sum in float32 would lose digits.
__kernel void filterGradientReference(
    INPUT(Activation, outputGradient), INPUT(Activation, input), OUTPUT(float, filterGradient),
    const int batch, const int inputHeight, const int inputWidth, const int inputChannels, const int outputHeight,
    const int outputWidth, const int outputChannels, const int filterHeight, const int filterWidth, const int stride,
    const int padding) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(filterGradient);
    const int k = get_global_id(0), row = get_global_id(1);
    const int c = row % inputChannels, s = row / inputChannels % filterWidth, r = row / inputChannels / filterWidth;
    float sum = 0.0f;
    for (int n = 0; n < batch; n++) {
        for (int p = 0; p < outputHeight; p++) {
            const int y = p * stride + r - padding;
            if (y < 0 || y >= inputHeight) continue;
            __global const Activation *values = input + ((ulong)n * inputHeight + y) * inputWidth * inputChannels + c;
            __global const Activation *gradients =
                outputGradient + ((ulong)n * outputHeight + p) * outputWidth * outputChannels + k;
            float rowSum = 0.0f;
            for (int q = 0; q < outputWidth; q++) {
                const int x = q * stride + s - padding;
                if (x < 0 || x >= inputWidth) continue;
                rowSum = multiplyAdd(
                    activationAt(gradients, (ulong)q * outputChannels), activationAt(values, (ulong)x * inputChannels),
                    rowSum);
            }
            sum += rowSum;
        }
    }
    filterGradient[(ulong)row * outputChannels + k] = sum;
}
