// Convolution and its input gradient for CPU-like devices, directly on NHWC tensors of any shape.
//
// Problem: target[n,p,q,k] = Σ_{r,s,c} source[n, p·sourceStep + r·tapDirection + …, …, c] · panel[r,s,c,k].
//   Forward: source is the input, sourceStep the stride, tapDirection 1, targetStep 1.
//   Input gradient: source is the output gradient, sourceStep 1, tapDirection −1, targetStep the stride. With a stride
//   the target's pixels fall into stride² phases by their row and column modulo the stride; a phase meets only the
//   taps r ≡ row + padding (mod stride), so no multiplication by an absent pixel is done.
// Mapping: one work-item = 16·PANELS target channels × rowsPerItem rows of one phase of one image. It holds
//   PIXELS × PANELS float16 sums in registers while it runs over taps and source channels; each step loads PANELS
//   vectors of the packed filter and broadcasts PIXELS values. A pixel outside the image is read through a pointer to
//   zeros, so that the inner loop has no branch; rows outside are skipped.
// Cost: 2·R·S·Cin·Cout flops for each target pixel; (PIXELS + PANELS) loads for PIXELS·PANELS multiply-adds of 16 lanes.
#include "Common/PartialVector.h"
#include "Common/Tensor.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveDirect(
    INPUT(float, source), INPUT(float, panels), OUTPUT(float, target), const int sourceHeight, const int sourceWidth,
    const int sourceChannels, const int targetHeight, const int targetWidth, const int targetChannels,
    const int filterHeight, const int filterWidth, const int padding, const int sourceStep, const int targetStep,
    const int tapDirection, const int panelCount, const int rowsPerItem) {
    OPEN(source);
    OPEN(panels);
    OPEN(target);
    const int phases = targetStep * targetStep;
    const int image = get_global_id(2) / phases, phase = get_global_id(2) % phases;
    const int rowPhase = phase / targetStep, columnPhase = phase % targetStep;
    const int firstR = (rowPhase + padding) % targetStep, firstS = (columnPhase + padding) % targetStep;
    const int rowBase = tapDirection < 0 ? (rowPhase + padding) / targetStep : -padding;
    const int columnBase = tapDirection < 0 ? (columnPhase + padding) / targetStep : -padding;
    const int rows = (targetHeight - rowPhase + targetStep - 1) / targetStep;
    const int columns = (targetWidth - columnPhase + targetStep - 1) / targetStep;

    const ulong panelStride = (ulong)filterHeight * filterWidth * sourceChannels * 16;
    __global const float *zeros = panels + panelCount * panelStride;
    const int firstPanel = get_global_id(0) * PANELS;
    panels += firstPanel * panelStride;
    source += (ulong)image * sourceHeight * sourceWidth * sourceChannels;
    target += (ulong)image * targetHeight * targetWidth * targetChannels;

    const int firstRow = get_global_id(1) * rowsPerItem, endRow = min(firstRow + rowsPerItem, rows);
    for (int row = firstRow; row < endRow; row++) {
        for (int column = 0; column < columns; column += PIXELS) {
            float16 sums[PIXELS][PANELS];
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) sums[pixel][panel] = 0.0f;
            }
            int y = row * sourceStep + rowBase;
            for (int r = firstR; r < filterHeight; r += targetStep, y += tapDirection) {
                if (y < 0 || y >= sourceHeight) continue;
                __global const float *line = source + (ulong)y * sourceWidth * sourceChannels;
                int x = column * sourceStep + columnBase;
                for (int s = firstS; s < filterWidth; s += targetStep, x += tapDirection) {
                    __global const float *pixels[PIXELS];
#pragma unroll
                    for (int pixel = 0; pixel < PIXELS; pixel++) {
                        const int xOfPixel = x + pixel * sourceStep;
                        const bool inside = xOfPixel >= 0 && xOfPixel < sourceWidth;
                        pixels[pixel] = inside ? line + xOfPixel * sourceChannels : zeros;
                    }
                    __global const float *weights = panels + (r * filterWidth + s) * sourceChannels * 16;
                    for (int c = 0; c < sourceChannels; c++) {
                        float16 weight[PANELS];
#pragma unroll
                        for (int panel = 0; panel < PANELS; panel++) {
                            weight[panel] = vload16(c, weights + panel * panelStride);
                        }
#pragma unroll
                        for (int pixel = 0; pixel < PIXELS; pixel++) {
                            const float16 value = pixels[pixel][c];
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) {
                                sums[pixel][panel] = multiplyAdd(value, weight[panel], sums[pixel][panel]);
                            }
                        }
                    }
                }
            }
            __global float *line = target
                + ((ulong)(row * targetStep + rowPhase) * targetWidth + columnPhase) * targetChannels + firstPanel * 16;
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                if (column + pixel >= columns) break;
                __global float *place = line + (ulong)(column + pixel) * targetStep * targetChannels;
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) {
                    storeLanes(sums[pixel][panel], place + panel * 16, targetChannels - (firstPanel + panel) * 16);
                }
            }
        }
    }
}
