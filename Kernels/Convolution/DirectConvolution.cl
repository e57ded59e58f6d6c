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
//   SPAN 1 takes one tap at a time. SPAN 3 takes the row of taps of a 3×3 filter together, with stride 1: each value is
//   read once for the three pixels that it belongs to.
// Cost: 2·R·S·Cin·Cout flops for each target pixel; (PIXELS + SPAN − 1 + SPAN·PANELS) loads for SPAN·PIXELS·PANELS
// multiply-adds of 16 lanes.
#include "Common/Prefetch.h"
#include "Common/Streaming.h"
#include "Convolution/Epilogue.h"

#define FLOATS_OF_LINE 16

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolveDirect(
    INPUT(float, source), INPUT(float, panels), OUTPUT(Activation, target), ADDEND, const int sourceHeight,
    const int sourceWidth, const int sourceChannels, const int targetHeight, const int targetWidth,
    const int targetChannels, const int filterHeight, const int filterWidth, const int padding, const int sourceStep,
    const int targetStep, const int tapDirection, const int panelCount, const int rowsPerItem) {
    OPEN(source);
    OPEN(panels);
    OPEN(target);
    OPEN(addend);
    const int phases = targetStep * targetStep;
    const int image = get_global_id(2) / phases, phase = get_global_id(2) % phases;
    const int rowPhase = phase / targetStep, columnPhase = phase % targetStep;
    const int firstR = (rowPhase + padding) % targetStep, firstS = (columnPhase + padding) % targetStep;
    const int rowBase = tapDirection < 0 ? (rowPhase + padding) / targetStep : -padding;
    const int columnBase = tapDirection < 0 ? (columnPhase + padding) / targetStep : -padding;
    const int rows = (targetHeight - rowPhase + targetStep - 1) / targetStep;
    const int columns = (targetWidth - columnPhase + targetStep - 1) / targetStep;

    // In vectors of 16: the panels begin where the buffer does, so they are aligned.
    const int panelStride = filterHeight * filterWidth * sourceChannels;
    const int firstPanel = get_global_id(0) * PANELS;
    __global const float *zeros = panels + (ulong)panelCount * panelStride * 16;
    panels += (ulong)firstPanel * panelStride * 16;
    source += (ulong)image * sourceHeight * sourceWidth * sourceChannels;
    const ulong firstPixel = (ulong)image * targetHeight * targetWidth;

    const bool streams =
        isStreamed(target, get_global_size(2) / phases * targetHeight * targetWidth, targetChannels);
    // Lines of the caches that the next row needs are fetched in shares, one for each tap of each tile.
    const int tiles = (columns + PIXELS - 1) / PIXELS;
    const int taps = ((filterHeight - firstR + targetStep - 1) / targetStep)
        * ((filterWidth - firstS + targetStep * SPAN - 1) / (targetStep * SPAN));
    const int sourcePitch = sourceWidth * sourceChannels;
    const int share = (sourceStep * sourcePitch / max(1, tiles * taps) / FLOATS_OF_LINE + 1) * FLOATS_OF_LINE;

    const int firstRow = get_global_id(1) * rowsPerItem, endRow = min(firstRow + rowsPerItem, rows);
    for (int row = firstRow; row < endRow; row++) {
        for (int column = 0; column < columns; column += PIXELS) {
            float16 sums[PIXELS][PANELS];
#pragma unroll
            for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) sums[pixel][panel] = 0.0f;
            }
            const ulong pixelOfTile = firstPixel + (ulong)(row * targetStep + rowPhase) * targetWidth + columnPhase
                + column * targetStep;
            __global Activation *place = target + pixelOfTile * targetChannels + firstPanel * 16;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                for (int panel = 0; panel < PANELS; panel++) {
                    if (!streams) prefetchForWriting(place + pixel * targetStep * targetChannels + panel * 16);
                }
            }
            int y = row * sourceStep + rowBase;
            __global const float *next = source
                + (y + (tapDirection > 0 ? filterHeight : 1)) * sourcePitch + column / PIXELS * taps * share;
            for (int r = firstR; r < filterHeight; r += targetStep, y += tapDirection) {
                if (y < 0 || y >= sourceHeight) continue;
                __global const float *line = source + (ulong)y * sourceWidth * sourceChannels;
                int x = column * sourceStep + columnBase + (tapDirection > 0 ? 0 : 1 - SPAN);
                for (int s = firstS; s < filterWidth; s += SPAN * targetStep, x += SPAN * tapDirection) {
                    __global const float *positions[PIXELS + SPAN - 1];
#pragma unroll
                    for (int i = 0; i < PIXELS + SPAN - 1; i++) {
                        const int xOfPosition = x + i * sourceStep;
                        const bool inside = xOfPosition >= 0 && xOfPosition < sourceWidth;
                        positions[i] = inside ? line + xOfPosition * sourceChannels : zeros;
                    }
                    for (int i = 0; i < share; i += FLOATS_OF_LINE) prefetchForReading(next + i);
                    next += share;
                    const int tap = r * filterWidth + s + (tapDirection > 0 ? 0 : SPAN - 1);
                    __global const float16 *weights = (__global const float16 *)panels + tap * sourceChannels;
#pragma unroll UNROLL
                    for (int c = 0; c < sourceChannels; c++) {
                        float16 weight[SPAN][PANELS];
#pragma unroll
                        for (int t = 0; t < SPAN; t++) {
#pragma unroll
                            for (int panel = 0; panel < PANELS; panel++) {
                                weight[t][panel] = weights[c + t * tapDirection * sourceChannels + panel * panelStride];
                            }
                        }
#pragma unroll
                        for (int i = 0; i < PIXELS + SPAN - 1; i++) {
                            const float16 value = positions[i][c];
#pragma unroll
                            for (int t = 0; t < SPAN; t++) {
                                if (i < t || i - t >= PIXELS) continue;
#pragma unroll
                                for (int panel = 0; panel < PANELS; panel++) {
                                    sums[i - t][panel] = multiplyAdd(value, weight[t][panel], sums[i - t][panel]);
                                }
                            }
                        }
                    }
                }
            }
            if (!hasAddend && column + PIXELS <= columns && (firstPanel + PANELS) * 16 <= targetChannels) {
#pragma unroll
                for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                    for (int panel = 0; panel < PANELS; panel++) {
                        writeActivation16(
                            sums[pixel][panel], place + pixel * targetStep * targetChannels + panel * 16, streams);
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
            for (int n = 0; n < min(PIXELS, columns - column) * PANELS; n++) {
                const int pixel = n / PANELS, panel = n % PANELS;
                const int channel = (firstPanel + panel) * 16;
                storeSums(
                    results[n], target, addend, hasAddend,
                    (pixelOfTile + pixel * targetStep) * targetChannels + channel, targetChannels - channel, streams);
            }
        }
    }
    endStreaming(streams);
}
