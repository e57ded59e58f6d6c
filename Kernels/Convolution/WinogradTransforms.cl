// The transforms of Winograd's F(4×4, 3×3) and F(3×3, 4×4) for GPU-like devices, between which WinogradProduct.cl
// multiplies: 36 planes, each a matrix, go from one kernel to the next through global memory.
//
// Problem: `transformInputTiles` makes planes of the 6 × 6 pixels under each tile of 4 × 4, [36][channel][tile], or with
// CHANNELS_INNERMOST [36][tile][channel]; `transformGradientTiles` planes [36][tile][channel] of the tiles' 4 × 4 output
// gradients; `transformFilterPlanes` planes [36][depth][width] of a filter, turned and transposed for the input gradient.
// `transformProducts` makes 4 × 4 pixels of 36 products [tile][channel], `transformProductsToTaps` 3 × 3 taps of
// 36 products [input channel][output channel], the chunks' sums added in ascending order before.
// Mapping: a work-item for each element of a plane: it transforms columns, then rows, in registers, and neighbours write
// neighbouring elements. Planes are larger than need be, as WinogradProduct.cl wants whole blocks: what is missing is
// written as zeros, so that nobody else has to ask.
// Cost: reads what they transform up to 2.25 times (from the cache), writes 2.25 times as much for an input, 4 times for
// a filter; 10 to 15 operations for each element of a plane.
#include "Common/Activation.h"
#include "Common/Tensor.h"
#define WINOGRAD_LANES float
#include "Convolution/Winograd.h"

#define PLANES 36

// planes[n][y][x]: the element that belongs to this work-item, in the first of the planes.
#define PLANE_SIZE (get_global_size(0) * get_global_size(1))
#define PLACE (get_global_id(1) * get_global_size(0) + get_global_id(0))

__kernel void transformInputTiles(
    INPUT(Activation, source), OUTPUT(float, planes), const int height, const int width, const int channels,
    const int tileRows, const int tileColumns, const int tileCount, const int padding) {
    OPEN(source);
    OPEN(planes);
#if CHANNELS_INNERMOST
    const int c = get_global_id(0), index = get_global_id(1);
#else
    const int index = get_global_id(0), c = get_global_id(1);
#endif
    const bool exists = c < channels && index < tileCount;
    const WinogradTile tile = winogradTile(index, tileRows, tileColumns);
    const int top = tile.row * 4 - padding, left = tile.column * 4 - padding;
    source += ((long)tile.image * height * width + (long)top * width + left) * channels + c;
    float columns[6][6];
#pragma unroll
    for (int j = 0; j < 6; j++) {
        float d[6];
#pragma unroll
        for (int i = 0; i < 6; i++) {
            const bool inside = exists && isInside(top + i, height) && isInside(left + j, width);
            d[i] = inside ? activationAt(source, (i * width + j) * channels) : 0.0f;
        }
        const Six column = winogradInput(d[0], d[1], d[2], d[3], d[4], d[5]);
#pragma unroll
        for (int i = 0; i < 6; i++) columns[i][j] = column.v[i];
    }
    planes += PLACE;
#pragma unroll
    for (int i = 0; i < 6; i++) {
        const Six row = winogradInput(
            columns[i][0], columns[i][1], columns[i][2], columns[i][3], columns[i][4], columns[i][5]);
#pragma unroll
        for (int j = 0; j < 6; j++) planes[(i * 6 + j) * PLANE_SIZE] = row.v[j];
    }
}

__kernel void transformGradientTiles(
    INPUT(Activation, outputGradient), OUTPUT(float, planes), const int height, const int width, const int channels,
    const int tileRows, const int tileColumns, const int tileCount) {
    OPEN(outputGradient);
    OPEN(planes);
    const int k = get_global_id(0), index = get_global_id(1);
    const bool exists = k < channels && index < tileCount;
    const WinogradTile tile = winogradTile(index, tileRows, tileColumns);
    const int top = tile.row * 4, left = tile.column * 4;
    outputGradient += (((long)tile.image * height + top) * width + left) * channels + k;
    float columns[6][4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
        float g[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const bool inside = exists && top + i < height && left + j < width;
            g[i] = inside ? activationAt(outputGradient, (i * width + j) * channels) : 0.0f;
        }
        const Six column = winogradOutputGradient(g[0], g[1], g[2], g[3]);
#pragma unroll
        for (int i = 0; i < 6; i++) columns[i][j] = column.v[i];
    }
    planes += PLACE;
#pragma unroll
    for (int i = 0; i < 6; i++) {
        const Six row = winogradOutputGradient(columns[i][0], columns[i][1], columns[i][2], columns[i][3]);
#pragma unroll
        for (int j = 0; j < 6; j++) planes[(i * 6 + j) * PLANE_SIZE] = row.v[j];
    }
}

__kernel void transformFilterPlanes(
    INPUT(float, filter), OUTPUT(float, planes), const int depth, const int width, const int depthStride,
    const int widthStride, const int isTurned) {
    OPEN(filter);
    OPEN(planes);
    const int n = get_global_id(0), d = get_global_id(1);
    const bool exists = n < width && d < depth;
    filter += (ulong)d * depthStride + (ulong)n * widthStride;
    float columns[6][3];
#pragma unroll
    for (int s = 0; s < 3; s++) {
        float taps[3];
#pragma unroll
        for (int r = 0; r < 3; r++) {
            const int tap = isTurned ? 8 - r * 3 - s : r * 3 + s;
            taps[r] = exists ? filter[(ulong)tap * depth * width] : 0.0f;
        }
        const Six column = winogradFilter(taps[0], taps[1], taps[2]);
#pragma unroll
        for (int i = 0; i < 6; i++) columns[i][s] = column.v[i];
    }
    planes += PLACE;
#pragma unroll
    for (int i = 0; i < 6; i++) {
        const Six row = winogradFilter(columns[i][0], columns[i][1], columns[i][2]);
#pragma unroll
        for (int j = 0; j < 6; j++) planes[(i * 6 + j) * PLANE_SIZE] = row.v[j];
    }
}

__kernel void transformProducts(
    INPUT(float, products), OUTPUT(Activation, target), INPUT(Activation, addend), const int hasAddend, const int height,
    const int width, const int channels, const int tileRows, const int tileColumns, const int tileCount) {
    OPEN(products);
    OPEN(target);
    OPEN(addend);
    const int k = get_global_id(0), index = get_global_id(1);
    if (k >= channels || index >= tileCount) return;
    products += PLACE;
    float columns[4][6];
#pragma unroll
    for (int j = 0; j < 6; j++) {
        float m[6];
#pragma unroll
        for (int i = 0; i < 6; i++) m[i] = products[(i * 6 + j) * PLANE_SIZE];
        const Four column = winogradOutput(m[0], m[1], m[2], m[3], m[4], m[5]);
#pragma unroll
        for (int i = 0; i < 4; i++) columns[i][j] = column.v[i];
    }
    const WinogradTile tile = winogradTile(index, tileRows, tileColumns);
    const int top = tile.row * 4, left = tile.column * 4;
    const ulong corner = (((ulong)tile.image * height + top) * width + left) * channels + k;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Four row = winogradOutput(
            columns[i][0], columns[i][1], columns[i][2], columns[i][3], columns[i][4], columns[i][5]);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (top + i >= height || left + j >= width) continue;
            const ulong place = corner + (ulong)(i * width + j) * channels;
            const float value = hasAddend ? row.v[j] + activationAt(addend, place) : row.v[j];
            setActivation(value, target, place);
        }
    }
}

__kernel void transformProductsToTaps(
    INPUT(float, products), OUTPUT(float, filterGradient), const int inputChannels, const int outputChannels,
    const int chunks) {
    OPEN(products);
    OPEN(filterGradient);
    const int k = get_global_id(0), c = get_global_id(1);
    if (k >= outputChannels || c >= inputChannels) return;
    products += PLACE;
    float columns[3][6];
#pragma unroll
    for (int j = 0; j < 6; j++) {
        float m[6];
#pragma unroll
        for (int i = 0; i < 6; i++) m[i] = products[(i * 6 + j) * PLANE_SIZE];
        for (int chunk = 1; chunk < chunks; chunk++) {
#pragma unroll
            for (int i = 0; i < 6; i++) m[i] += products[(ulong)(chunk * PLANES + i * 6 + j) * PLANE_SIZE];
        }
        const Four column = winogradTaps(m[0], m[1], m[2], m[3], m[4], m[5]);
#pragma unroll
        for (int i = 0; i < 3; i++) columns[i][j] = column.v[i];
    }
#pragma unroll
    for (int r = 0; r < 3; r++) {
        const Four row = winogradTaps(
            columns[r][0], columns[r][1], columns[r][2], columns[r][3], columns[r][4], columns[r][5]);
#pragma unroll
        for (int s = 0; s < 3; s++) {
            filterGradient[((ulong)(r * 3 + s) * inputChannels + c) * outputChannels + k] = row.v[s];
        }
    }
}
