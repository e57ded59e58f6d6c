// Transforms of Winograd's minimal filtering in one dimension: 4 outputs of a 3-tap filter, or 3 of a 4-tap one, from 6
// inputs by 6 products instead of 12. In two dimensions a transform runs over columns, then over rows: 36 products for
// 16 (or 9) results of 9 (or 16) taps.
//
// Interpolation points 0, ±√½, ±√2, ∞: as many operations as with the usual 0, ±1, ±2, ∞, and a fourth of their
// rounding error. The input's transform is the same for both.
// Source: Lavin, Gray, "Fast algorithms for convolutional neural networks", CVPR 2016; the construction of Toom and Cook
// for any points: Blahut, "Fast algorithms for signal processing", 2010.

// What a transform works on: 16 channels, or as many as a kernel's file defines before it includes this one.
#ifdef WINOGRAD_LANES
typedef WINOGRAD_LANES Lanes;
#else
typedef float16 Lanes;
#endif

#define SMALL_POINT ((Lanes)(0.70710678118654752f))
#define LARGE_POINT ((Lanes)(1.41421356237309505f))

typedef struct {
    Lanes v[6];
} Six;

typedef struct {
    Lanes v[4];
} Four;

// The input's transform: row x is the polynomial Π(z − y) over the other finite points y; for ∞ over all of them.
Six winogradInput(
    const Lanes d0, const Lanes d1, const Lanes d2, const Lanes d3, const Lanes d4, const Lanes d5) {
    const Lanes evenSmall = multiplyAdd((Lanes)(-2.0f), d2, d4), oddSmall = multiplyAdd((Lanes)(-2.0f), d1, d3);
    const Lanes evenLarge = multiplyAdd((Lanes)(-0.5f), d2, d4), oddLarge = multiplyAdd((Lanes)(-0.5f), d1, d3);
    Six t;
    t.v[0] = multiplyAdd((Lanes)(-2.5f), d2, d0 + d4);
    t.v[1] = multiplyAdd(SMALL_POINT, oddSmall, evenSmall);
    t.v[2] = multiplyAdd(-SMALL_POINT, oddSmall, evenSmall);
    t.v[3] = multiplyAdd(LARGE_POINT, oddLarge, evenLarge);
    t.v[4] = multiplyAdd(-LARGE_POINT, oddLarge, evenLarge);
    t.v[5] = multiplyAdd((Lanes)(-2.5f), d3, d1 + d5);
    return t;
}

// A 3-tap filter's transform: its value at each point, divided by Π(x − y) over the other finite points y.
Six winogradFilter(const Lanes g0, const Lanes g1, const Lanes g2) {
    const Lanes evenSmall = multiplyAdd((Lanes)(-2.0f / 3), g0, (Lanes)(-1.0f / 3) * g2);
    const Lanes evenLarge = multiplyAdd((Lanes)(1.0f / 6), g0, (Lanes)(1.0f / 3) * g2);
    Six t;
    t.v[0] = g0;
    t.v[1] = multiplyAdd((Lanes)(-2.0f / 3) * SMALL_POINT, g1, evenSmall);
    t.v[2] = multiplyAdd((Lanes)(2.0f / 3) * SMALL_POINT, g1, evenSmall);
    t.v[3] = multiplyAdd((Lanes)(1.0f / 6) * LARGE_POINT, g1, evenLarge);
    t.v[4] = multiplyAdd((Lanes)(-1.0f / 6) * LARGE_POINT, g1, evenLarge);
    t.v[5] = g2;
    return t;
}

// Four outputs of a 3-tap filter from the six products.
Four winogradOutput(
    const Lanes m0, const Lanes m1, const Lanes m2, const Lanes m3, const Lanes m4, const Lanes m5) {
    const Lanes evenSmall = m1 + m2, oddSmall = m1 - m2, evenLarge = m3 + m4, oddLarge = m3 - m4;
    Four y;
    y.v[0] = m0 + evenSmall + evenLarge;
    y.v[1] = multiplyAdd(SMALL_POINT, oddSmall, LARGE_POINT * oddLarge);
    y.v[2] = multiplyAdd((Lanes)(0.5f), evenSmall, (Lanes)(2.0f) * evenLarge);
    y.v[3] = multiplyAdd((Lanes)(0.5f) * SMALL_POINT, oddSmall,
                         multiplyAdd((Lanes)(2.0f) * LARGE_POINT, oddLarge, m5));
    return y;
}

// The transform of four taps, here those of an output gradient: their value at each point. The divisions are left to
// `winogradTaps`, which runs once for many of these.
Six winogradOutputGradient(const Lanes g0, const Lanes g1, const Lanes g2, const Lanes g3) {
    const Lanes evenSmall = multiplyAdd((Lanes)(0.5f), g2, g0), oddSmall = multiplyAdd((Lanes)(0.5f), g3, g1);
    const Lanes evenLarge = multiplyAdd((Lanes)(2.0f), g2, g0), oddLarge = multiplyAdd((Lanes)(2.0f), g3, g1);
    Six t;
    t.v[0] = g0;
    t.v[1] = multiplyAdd(SMALL_POINT, oddSmall, evenSmall);
    t.v[2] = multiplyAdd(-SMALL_POINT, oddSmall, evenSmall);
    t.v[3] = multiplyAdd(LARGE_POINT, oddLarge, evenLarge);
    t.v[4] = multiplyAdd(-LARGE_POINT, oddLarge, evenLarge);
    t.v[5] = g3;
    return t;
}

// Three taps of a filter's gradient from the six products, in v[0…2].
Four winogradTaps(
    const Lanes m0, const Lanes m1, const Lanes m2, const Lanes m3, const Lanes m4, const Lanes m5) {
    const Lanes evenSmall = (m1 + m2) * (Lanes)(-2.0f / 3), oddSmall = (m1 - m2) * (Lanes)(-2.0f / 3);
    const Lanes evenLarge = (m3 + m4) * (Lanes)(1.0f / 6), oddLarge = (m3 - m4) * (Lanes)(1.0f / 6);
    Four y;
    y.v[0] = m0 + evenSmall + evenLarge;
    y.v[1] = multiplyAdd(SMALL_POINT, oddSmall, LARGE_POINT * oddLarge);
    y.v[2] = multiplyAdd((Lanes)(0.5f), evenSmall, multiplyAdd((Lanes)(2.0f), evenLarge, m5));
    return y;
}

// Where a tile lies. Tiles are counted along the rows of all images.
typedef struct {
    int image, row, column;
} WinogradTile;

WinogradTile winogradTile(const int index, const int rows, const int columns) {
    WinogradTile tile = {index / columns / rows, index / columns % rows, index % columns};
    return tile;
}

// The tile after it, without the divisions, which would take as long as a transform.
WinogradTile nextWinogradTile(WinogradTile tile, const int rows, const int columns) {
    if (++tile.column < columns) return tile;
    tile.column = 0;
    if (++tile.row < rows) return tile;
    tile.row = 0;
    tile.image++;
    return tile;
}

bool isInside(const int position, const int extent) { return position >= 0 && position < extent; }
