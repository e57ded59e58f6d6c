// Puts tensors into the form in which GPU-like convolutions read them: whole, aligned vectors of channels.
//
// Problem: `alignChannels` copies [pixels, channels] to [pixels, alignedChannels], zeros behind each pixel's channels.
// `packFilterTiles` makes tiles [tile][tap][alignedDepth][tileWidth] of a filter [taps, Cin, Cout]: tileWidth neighbouring
// channels of the tensor that is written, depth the channels of the tensor that is read (Cin forward; Cout for the input
// gradient, which transposes). What is missing, and everything behind the last tile, is zeros.
// Mapping: Common/Vector.h's chunks of the result, element by element.
// Cost: reads and writes each tensor once; no arithmetic but that of indices.
#include "Common/Tensor.h"
#include "Common/Vector.h"

CHUNK_KERNEL void alignChannels(
    INPUT(Activation, source), OUTPUT(Activation, aligned), const int count, const int channels,
    const int alignedChannels) {
    OPEN(source);
    OPEN(aligned);
    const int begin = get_global_id(0) * CHUNK, end = min(begin + CHUNK, count);
    for (int i = begin; i < end; i++) {
        const int pixel = i / alignedChannels, c = i % alignedChannels;
        setActivation(c < channels ? activationAt(source, (ulong)pixel * channels + c) : 0.0f, aligned, i);
    }
}

CHUNK_KERNEL void packFilterTiles(
    INPUT(float, filter), OUTPUT(float, tiles), const int count, const int taps, const int depth,
    const int alignedDepth, const int width, const int tileWidth, const int depthStride, const int widthStride) {
    OPEN(filter);
    OPEN(tiles);
    const int begin = get_global_id(0) * CHUNK, end = min(begin + CHUNK, count);
    for (int i = begin; i < end; i++) {
        const int row = i / tileWidth, d = row % alignedDepth, tap = row / alignedDepth % taps;
        const int n = row / alignedDepth / taps * tileWidth + i % tileWidth;
        tiles[i] = d < depth && n < width
            ? filter[(ulong)tap * depth * width + (ulong)d * depthStride + (ulong)n * widthStride] : 0.0f;
    }
}
