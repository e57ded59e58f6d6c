// Winograd's transforms along the rows of tiles that are 4 pixels high and TILE_WIDTH wide, 4 or 8, for the kernels of
// CPU-like devices. Along columns they are those of Winograd.h.
//
// 8 outputs of a 3-tap filter, or 3 of an 8-tap one, take 10 products instead of 24: 60 for a tile of 4 × 8 pixels, where
// two of 4 × 4 take 72. The rounding error of a tile is about four times as large.
//
// Interpolation points 0, ±√r for four squares r, ∞. Errors are least near the squares 1/5, 7/10, 10/7 and 5; and as each is
// the reciprocal of another, Π(z − r) over all of them reads the same forwards and backwards.
// Source: as in Winograd.h.
#include "Convolution/Winograd.h"

// The products of a row, and of a tile.
#define POINTS (TILE_WIDTH + 2)
#define PLANES (6 * POINTS)

#if TILE_WIDTH == 4

typedef Six Products;
typedef Four Pixels;
typedef Four Taps;

Products winogradInputRow(const Lanes *d) { return winogradInput(d[0], d[1], d[2], d[3], d[4], d[5]); }

Products winogradFilterRow(const Lanes *g) { return winogradFilter(g[0], g[1], g[2]); }

Pixels winogradOutputRow(const Lanes *m) { return winogradOutput(m[0], m[1], m[2], m[3], m[4], m[5]); }

Products winogradOutputGradientRow(const Lanes *g) { return winogradOutputGradient(g[0], g[1], g[2], g[3]); }

Taps winogradTapsRow(const Lanes *m) { return winogradTaps(m[0], m[1], m[2], m[3], m[4], m[5]); }

#else

typedef struct {
    Lanes v[10];
} Products;

typedef struct {
    Lanes v[8];
} Pixels;

typedef struct {
    Lanes v[3];
} Taps;

#define SQUARES 4

__constant const float squares[SQUARES] = {0.2f, 0.7f, 1.42857142857142857f, 5.0f};
__constant const float roots[SQUARES] = {
    0.44721359549995794f, 0.83666002653407555f, 1.19522860933439364f, 2.23606797749978970f};
// Π(z − s) over the other squares s is z³ + quadratic · z² + linear · z + constant.
__constant const float quadratic[SQUARES] = {
    -7.12857142857142857f, -6.62857142857142857f, -5.9f, -2.32857142857142857f};
__constant const float linear[SQUARES] = {11.6428571428571429f, 8.42857142857142857f, 4.64f, 1.42571428571428571f};
__constant const float constantTerm[SQUARES] = {-5.0f, -1.42857142857142857f, -0.7f, -0.2f};
// 1 / Π(√r − y) over the other finite points y, which is the same for −√r.
__constant const float inverse[SQUARES] = {
    -0.847868217054263566f, 0.455996352029183870f, -0.109484724122207010f, 0.00135658914728682168f};

// Π(z² − r) over all squares, z to the power i standing for d[i].
Lanes vanishingAtAllRoots(const Lanes *d) {
    return multiplyAdd(
        (Lanes)(13.0685714285714286f), d[4], multiplyAdd((Lanes)(-7.32857142857142857f), d[2] + d[6], d[0] + d[8]));
}

// Ten pixels: row x is the polynomial Π(z − y) over the other finite points y; for ∞ over all of them.
Products winogradInputRow(const Lanes *d) {
    Products t;
    t.v[0] = vanishingAtAllRoots(d);
#pragma unroll
    for (int i = 0; i < SQUARES; i++) {
        const Lanes second = (Lanes)(quadratic[i]), first = (Lanes)(linear[i]), zeroth = (Lanes)(constantTerm[i]);
        const Lanes even = multiplyAdd(zeroth, d[2], multiplyAdd(first, d[4], multiplyAdd(second, d[6], d[8])));
        const Lanes odd = multiplyAdd(zeroth, d[1], multiplyAdd(first, d[3], multiplyAdd(second, d[5], d[7])));
        t.v[2 * i + 1] = multiplyAdd((Lanes)(roots[i]), odd, even);
        t.v[2 * i + 2] = multiplyAdd((Lanes)(-roots[i]), odd, even);
    }
    t.v[9] = vanishingAtAllRoots(d + 1);
    return t;
}

// Three taps: their value at each point, divided by Π(x − y) over the other finite points y.
Products winogradFilterRow(const Lanes *g) {
    Products t;
    t.v[0] = g[0];
#pragma unroll
    for (int i = 0; i < SQUARES; i++) {
        const Lanes even = (Lanes)(inverse[i]) * multiplyAdd((Lanes)(squares[i]), g[2], g[0]);
        const Lanes root = (Lanes)(inverse[i] * roots[i]);
        t.v[2 * i + 1] = multiplyAdd(root, g[1], even);
        t.v[2 * i + 2] = multiplyAdd(-root, g[1], even);
    }
    t.v[9] = g[2];
    return t;
}

// Eight outputs of a 3-tap filter from the ten products.
Pixels winogradOutputRow(const Lanes *m) {
    Pixels y;
#pragma unroll
    for (int i = 0; i < SQUARES; i++) {
        const Lanes even = m[2 * i + 1] + m[2 * i + 2], odd = (Lanes)(roots[i]) * (m[2 * i + 1] - m[2 * i + 2]);
        float power = 1.0f;
#pragma unroll
        for (int j = 0; j < 8; j += 2) {
            y.v[j] = i > 0 ? multiplyAdd((Lanes)(power), even, y.v[j]) : (Lanes)(power) * even;
            y.v[j + 1] = i > 0 ? multiplyAdd((Lanes)(power), odd, y.v[j + 1]) : (Lanes)(power) * odd;
            power *= squares[i];
        }
    }
    y.v[0] += m[0];
    y.v[7] += m[9];
    return y;
}

// Eight pixels of an output gradient as taps: their value at each point. The divisions are left to `winogradTapsRow`.
Products winogradOutputGradientRow(const Lanes *g) {
    Products t;
    t.v[0] = g[0];
#pragma unroll
    for (int i = 0; i < SQUARES; i++) {
        const Lanes r = (Lanes)(squares[i]);
        const Lanes even = multiplyAdd(r, multiplyAdd(r, multiplyAdd(r, g[6], g[4]), g[2]), g[0]);
        const Lanes odd = multiplyAdd(r, multiplyAdd(r, multiplyAdd(r, g[7], g[5]), g[3]), g[1]);
        t.v[2 * i + 1] = multiplyAdd((Lanes)(roots[i]), odd, even);
        t.v[2 * i + 2] = multiplyAdd((Lanes)(-roots[i]), odd, even);
    }
    t.v[9] = g[7];
    return t;
}

// Three taps of a filter's gradient from the ten products.
Taps winogradTapsRow(const Lanes *m) {
    Taps y = {{m[0], 0.0f, m[9]}};
#pragma unroll
    for (int i = 0; i < SQUARES; i++) {
        const Lanes even = (Lanes)(inverse[i]) * (m[2 * i + 1] + m[2 * i + 2]);
        const Lanes odd = (Lanes)(inverse[i]) * (m[2 * i + 1] - m[2 * i + 2]);
        y.v[0] += even;
        y.v[1] = multiplyAdd((Lanes)(roots[i]), odd, y.v[1]);
        y.v[2] = multiplyAdd((Lanes)(squares[i]), even, y.v[2]);
    }
    return y;
}

#endif
