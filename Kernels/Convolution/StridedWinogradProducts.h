// The products of Winograd's convolutions of stride 2: what stands between their transforms.
#include "Convolution/StridedWinogradWindow.h"
#include "Convolution/WinogradTileProduct.h"

// As in WinogradConvolution.cl, with wide tiles.
#define SUMMED_CHANNELS 32

// Multiplies the PLANES matrices of `tiles` tiles with those of the filter, for 16·PANELS target channels: products
// [PLANES][tile][PANELS] of inputs [PLANES][c / 16][TILES], in planes of so many vectors. Meanwhile what the epilogue will
// read, if anything, is fetched, a tile for each matrix: of the tensor at `epilogue`, shaped like the target and moved to the
// first of its channels, tiles of tileHeight × tileWidth pixels from `place` on.
__attribute__((always_inline)) void multiplyStridedTiles(
    __local const float16 *inputs, const int inputPlane, __global const float16 *weights, const int sourceChannels,
    __local float16 *products, const int productPlane, const int tiles, __global const Activation *epilogue,
    WinogradTile place, const int tileRows, const int tileColumns, const int tileHeight, const int tileWidth,
    const int targetHeight, const int targetWidth, const int targetChannels) {
    int n = 0;
    for (int matrix = 0; matrix < MATRICES; matrix++, weights += sourceChannels * PANELS + 1) {
        if (epilogue && matrix < tiles) {
            const int y = place.row * tileHeight, x = place.column * tileWidth;
            const ulong corner = (((ulong)place.image * targetHeight + y) * targetWidth + x) * targetChannels;
            for (int panel = 0; panel < PANELS; panel++) {
                prefetchPixels(
                    epilogue + corner + panel * 16, min(tileHeight, targetHeight - y), tileWidth, targetWidth,
                    targetChannels);
            }
            place = nextWinogradTile(place, tileRows, tileColumns);
        }
        for (const int end = n + planesOfMatrix(matrix); n < end; n++) {
            multiplyTiles(
                inputs + n * inputPlane, weights, products + n * productPlane, sourceChannels, SUMMED_CHANNELS,
                inputs + (n + 1) * inputPlane, weights + sourceChannels * PANELS + 1);
        }
    }
}
