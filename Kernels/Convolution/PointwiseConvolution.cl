// Convolution with a 1×1 filter without padding, and its input gradient, for CPU-like devices.
//
// Problem: target[n, p·targetStep, q·targetStep, k] = Σ_c source[n, p·sourceStep, q·sourceStep, c] · panel[c,k] (+ addend).
//   Forward: sourceStep is the stride, targetStep 1. Input gradient: the other way round; the target's pixels between
//   those of the grid have no sum: they are zero, or the addend.
// Mapping: one work-item = linesPerItem rows of the grid of pixels that both tensors share, `columns` pixels each, and all
//   target channels; PIXELS × PANELS float16 sums lie in registers. A row's last tile reaches back over the one before
//   it, so that every tile is whole. Needs columns ≥ PIXELS and a multiple of 4 source channels.
// Cost: 2·Cin·Cout flops for each pixel of the grid, and each tensor passes through memory once, which takes longer if
//   there are few channels: the lines of the caches that the next tile needs are fetched while this one is computed.
#include "Common/Prefetch.h"
#include "Common/Streaming.h"
#include "Convolution/Epilogue.h"

// What no window reaches of the target's lines from one line of the grid to the next: the places [place, end) but for the
// grid's pixels, of which `gridPlace` is the next. Behind the last of them it is the end.
typedef struct {
    ulong place, gridPlace, end;
} Gaps;

// Passes by the grid's pixel if it is next; their line ends at `lineEnd`.
Gaps passGridPixel(Gaps gaps, const ulong lineEnd, const int targetPitch) {
    if (gaps.place < gaps.gridPlace) return gaps;
    gaps.place += targetPitch / TARGET_STEP;
    gaps.gridPlace = gaps.gridPlace + targetPitch < lineEnd ? gaps.gridPlace + targetPitch : gaps.end;
    return gaps;
}

// Writes zeros to the next `count` whole vectors of the gaps, or as many as there are.
Gaps writeGapVectors(
    Gaps gaps, const int count, const ulong lineEnd, const int targetPitch, __global Activation *target,
    const bool streams) {
    for (int i = 0; i < count && gaps.place < gaps.end; i++) {
        gaps = passGridPixel(gaps, lineEnd, targetPitch);
        if (gaps.place == gaps.end) break;
        if (!streams) prefetchForWriting(target + gaps.place + 512);
        writeActivation16((float16)(0.0f), target + gaps.place, streams);
        gaps.place += 16;
    }
    return gaps;
}

// Writes zeros, or the addend, to all of the gaps.
void writeGaps(
    Gaps gaps, const ulong lineEnd, const int targetPitch, __global Activation *target,
    __global const Activation *addend, const int hasAddend, const bool streams) {
    while (gaps.place < gaps.end) {
        gaps = passGridPixel(gaps, lineEnd, targetPitch);
        const int lanes = min(gaps.gridPlace - gaps.place, (ulong)16);
        if (!streams) prefetchForWriting(target + gaps.place + 512);
        storeSums((float16)(0.0f), target, addend, hasAddend, gaps.place, lanes, streams);
        gaps.place += lanes;
    }
}

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void convolvePointwise(
    INPUT(float, source), INPUT(float, panels), OUTPUT(Activation, target), ADDEND, const int lines,
    const int columns, const int sourceHeight, const int sourceWidth, const int sourceChannels, const int targetHeight,
    const int targetWidth, const int targetChannels, const int sourceStep, const int panelCount, const int linesPerItem) {
    OPEN(source);
    OPEN(panels);
    OPEN(target);
    OPEN(addend);
    const bool streams = isStreamed(target, (ulong)lines * TARGET_STEP * targetWidth, targetChannels);
    const int gridHeight = (sourceHeight + sourceStep - 1) / sourceStep;
    const int sourcePitch = sourceStep * sourceChannels, targetPitch = TARGET_STEP * targetChannels;
    // Zeros are written between the steps of the sums, where arithmetic hides the stores. An addend or part of a vector
    // would cost registers there: such gaps are written after the sums.
    const bool hidesGaps = TARGET_STEP > 1 && !hasAddend && targetChannels % 16 == 0;
    const int gapVectors = (TARGET_STEP * targetWidth - columns) * (targetChannels / 16);
    const int steps = (columns + PIXELS - 1) / PIXELS * (sourceChannels / 4);
    const int gapsOfStep = hidesGaps ? (gapVectors + steps - 1) / steps : 0;
    const int firstLine = get_global_id(0) * linesPerItem, endLine = min(firstLine + linesPerItem, lines);
    for (int panel = 0; panel < panelCount; panel += PANELS) {
        __global const float16 *weights = (__global const float16 *)panels + panel * sourceChannels;
        for (int line = firstLine; line < endLine; line++) {
            const int image = line / gridHeight, p = line % gridHeight;
            __global const float *pixels =
                source + ((ulong)image * sourceHeight + p * sourceStep) * sourceWidth * sourceChannels;
            const int followingRow = p + 1 == gridHeight ? sourceHeight - p * sourceStep : sourceStep;
            const ulong targetLine = ((ulong)image * targetHeight + p * TARGET_STEP) * targetWidth * targetChannels;
            const ulong lineEnd = targetLine + (ulong)targetWidth * targetChannels;
            Gaps gaps = {targetLine, targetLine, targetLine};
            if (TARGET_STEP > 1 && panel + PANELS >= panelCount) {
                gaps.end += min(TARGET_STEP, targetHeight - p * TARGET_STEP) * (lineEnd - targetLine);
            }
            for (int tile = 0; tile < columns; tile += PIXELS) {
                const int column = min(tile, columns - PIXELS);
                __global const float *tilePixels = pixels + column * sourcePitch;
                __global const float *nextPixels =
                    tile + PIXELS < columns ? tilePixels + PIXELS * sourcePitch
                                            : pixels + (ulong)followingRow * sourceWidth * sourceChannels;
                const ulong firstPlace = targetLine + column * targetPitch + panel * 16;
                float16 sums[PIXELS][PANELS];
#pragma unroll
                for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                    for (int i = 0; i < PANELS; i++) {
                        sums[pixel][i] = 0.0f;
                        if (!streams) {
                            prefetchForWriting(target + firstPlace + (PIXELS + pixel) * targetPitch + i * 16);
                        }
                    }
                }
                __global const float *positions[PIXELS];
#pragma unroll
                for (int pixel = 0; pixel < PIXELS; pixel++) positions[pixel] = tilePixels + pixel * sourcePitch;
                for (int c = 0; c < sourceChannels; c += 4) {
                    gaps = writeGapVectors(gaps, gapsOfStep, lineEnd, targetPitch, target, streams);
                    if (panel == 0 && c % 16 == 0) {
#pragma unroll
                        for (int pixel = 0; pixel < PIXELS; pixel++) {
                            prefetchForReading(nextPixels + pixel * sourcePitch + c);
                        }
                    }
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        float16 weight[PANELS];
#pragma unroll
                        for (int i = 0; i < PANELS; i++) weight[i] = weights[c + j + i * sourceChannels];
#pragma unroll
                        for (int pixel = 0; pixel < PIXELS; pixel++) {
                            const float16 value = positions[pixel][c + j];
#pragma unroll
                            for (int i = 0; i < PANELS; i++) {
                                sums[pixel][i] = multiplyAdd(value, weight[i], sums[pixel][i]);
                            }
                        }
                    }
                }
                if (targetChannels >= (panel + PANELS) * 16 && !hasAddend) {
#pragma unroll
                    for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                        for (int i = 0; i < PANELS; i++) {
                            const ulong place = firstPlace + pixel * targetPitch + i * 16;
                            writeActivation16(sums[pixel][i], target + place, streams);
                        }
                    }
                } else {
                    float16 results[PIXELS * PANELS];
#pragma unroll
                    for (int pixel = 0; pixel < PIXELS; pixel++) {
#pragma unroll
                        for (int i = 0; i < PANELS; i++) results[pixel * PANELS + i] = sums[pixel][i];
                    }
#pragma unroll 1
                    for (int n = 0; n < PIXELS * PANELS; n++) {
                        const int channel = n % PANELS * 16;
                        storeSums(
                            results[n], target, addend, hasAddend, firstPlace + n / PANELS * targetPitch + channel,
                            targetChannels - panel * 16 - channel, streams);
                    }
                }
            }
            writeGaps(gaps, lineEnd, targetPitch, target, addend, hasAddend, streams);
        }
    }
    endStreaming(streams);
}
