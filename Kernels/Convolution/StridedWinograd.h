// Winograd's minimal filtering for 3×3 filters of stride 2 and padding 1, for CPU-like devices. In one dimension an output
// y meets odd pixels with the filter's outer taps and an even one with its middle tap:
//
//     y[p] = w[0] · o[p] + w[1] · e[p] + w[2] · o[p+1],   o[k] = x[2k−1],   e[k] = x[2k].
//
// The odd pixels are filtered by two taps: 4 outputs by 5 products, or 8 by 9, instead of 8 or 16. With the even ones these
// are 9 for 4 outputs, 17 for 8. In two dimensions, along columns for 4 outputs, then along rows for 8: 153 products
// instead of 288, with 60 matrices of the transformed filter, since all even pixels meet the same ones. The input gradient
// is this read backwards: its odd pixels are filtered by two taps, its even ones are products with the middle one.
//
// Interpolation points ±√r and ∞, with r = 1/5, 3/2 for 4 outputs and r = 0.07, 0.54, 1.2, 3.8 for 8: searched for the
// least rounding error. Source: as in Winograd.h.
#include "Convolution/Winograd.h"

// What the rows and the columns of a tile become: products of odd pixels (ODD_ROWS, ODD_COLUMNS), then even pixels.
#define ODD_ROWS 5
#define ODD_COLUMNS 9
#define ROWS 9
#define COLUMNS 17
#define PLANES (ROWS * COLUMNS)
// Those of the filter: as many as tiles of 4 × 8 pixels of stride 1 have.
#define FILTER_ROWS 6
#define FILTER_COLUMNS 10
#define MATRICES (FILTER_ROWS * FILTER_COLUMNS)

typedef struct {
    Lanes v[2];
} Two;

typedef struct {
    Lanes v[5];
} Five;

typedef struct {
    Lanes v[8];
} Eight;

typedef struct {
    Lanes v[9];
} Nine;

typedef struct {
    Lanes v[10];
} Ten;

// For four outputs: squares r and their roots; Π(z − s) over the other square s is z + constant; and 1 / (2 Π(r − s)).
#define FOUR_SQUARES 2
__constant const float squaresOfFour[FOUR_SQUARES] = {0.2f, 1.5f};
__constant const float rootsOfFour[FOUR_SQUARES] = {0.44721359549995794f, 1.22474487139158905f};
__constant const float constantOfFour[FOUR_SQUARES] = {-1.5f, -0.2f};
__constant const float inverseOfFour[FOUR_SQUARES] = {-0.384615384615384615f, 0.384615384615384615f};
// For eight: Π(z − s) over the other squares is z³ + quadratic · z² + linear · z + constant.
#define EIGHT_SQUARES 4
__constant const float squaresOfEight[EIGHT_SQUARES] = {0.07f, 0.54f, 1.2f, 3.8f};
__constant const float rootsOfEight[EIGHT_SQUARES] = {
    0.26457513110645906f, 0.73484692283495343f, 1.0954451150103322f, 1.9493588689617928f};
__constant const float quadraticOfEight[EIGHT_SQUARES] = {-5.54f, -5.07f, -4.41f, -1.81f};
__constant const float linearOfEight[EIGHT_SQUARES] = {7.26f, 4.91f, 2.3558f, 0.7698f};
__constant const float constantOfEight[EIGHT_SQUARES] = {-2.4624f, -0.3192f, -0.14364f, -0.04536f};
__constant const float inverseOfEight[EIGHT_SQUARES] = {
    -0.25239739667229177f, 0.4944365993837343f, -0.2578542401551252f, 0.015815037443682657f};

// Five odd pixels: row x is the polynomial Π(z − y) over the other finite points y; for ∞ over all of them.
Five stridedInputOfFour(const Lanes *o) {
    Five t;
#pragma unroll
    for (int i = 0; i < FOUR_SQUARES; i++) {
        const Lanes even = multiplyAdd((Lanes)(constantOfFour[i]), o[0], o[2]);
        const Lanes odd = multiplyAdd((Lanes)(constantOfFour[i]), o[1], o[3]);
        t.v[2 * i] = multiplyAdd((Lanes)(rootsOfFour[i]), even, odd);
        t.v[2 * i + 1] = multiplyAdd((Lanes)(-rootsOfFour[i]), even, odd);
    }
    t.v[4] = multiplyAdd((Lanes)(0.3f), o[0], multiplyAdd((Lanes)(-1.7f), o[2], o[4]));
    return t;
}

// Nine odd pixels, likewise.
Nine stridedInputOfEight(const Lanes *o) {
    Nine t;
#pragma unroll
    for (int i = 0; i < EIGHT_SQUARES; i++) {
        const Lanes zeroth = (Lanes)(constantOfEight[i]), first = (Lanes)(linearOfEight[i]);
        const Lanes second = (Lanes)(quadraticOfEight[i]);
        const Lanes even = multiplyAdd(zeroth, o[0], multiplyAdd(first, o[2], multiplyAdd(second, o[4], o[6])));
        const Lanes odd = multiplyAdd(zeroth, o[1], multiplyAdd(first, o[3], multiplyAdd(second, o[5], o[7])));
        t.v[2 * i] = multiplyAdd((Lanes)(rootsOfEight[i]), even, odd);
        t.v[2 * i + 1] = multiplyAdd((Lanes)(-rootsOfEight[i]), even, odd);
    }
    const Lanes upper = multiplyAdd((Lanes)(7.6478f), o[4], multiplyAdd((Lanes)(-5.61f), o[6], o[8]));
    t.v[8] = multiplyAdd((Lanes)(0.172368f), o[0], multiplyAdd((Lanes)(-2.9706f), o[2], upper));
    return t;
}

// Three taps: the outer ones' value at each point ±√r, divided by Π(±√r − y) over the other finite points y, which is
// (w2 ± w0 / √r) / (2 Π(r − s)), and for ∞; then the middle one, which even pixels meet.
Six stridedFilterColumn(const Lanes w0, const Lanes w1, const Lanes w2) {
    Six t;
#pragma unroll
    for (int i = 0; i < FOUR_SQUARES; i++) {
        const Lanes scaled = (Lanes)(inverseOfFour[i]) * w2, factor = (Lanes)(inverseOfFour[i] / rootsOfFour[i]);
        t.v[2 * i] = multiplyAdd(factor, w0, scaled);
        t.v[2 * i + 1] = multiplyAdd(-factor, w0, scaled);
    }
    t.v[4] = w2;
    t.v[5] = w1;
    return t;
}

// The same along rows.
Ten stridedFilterRow(const Lanes *w) {
    Ten t;
#pragma unroll
    for (int i = 0; i < EIGHT_SQUARES; i++) {
        const Lanes scaled = (Lanes)(inverseOfEight[i]) * w[2], factor = (Lanes)(inverseOfEight[i] / rootsOfEight[i]);
        t.v[2 * i] = multiplyAdd(factor, w[0], scaled);
        t.v[2 * i + 1] = multiplyAdd(-factor, w[0], scaled);
    }
    t.v[8] = w[2];
    t.v[9] = w[1];
    return t;
}

// Four outputs from five products, without what the even pixels give.
Four stridedOutputOfFour(const Lanes *m) {
    Four y;
#pragma unroll
    for (int i = 0; i < FOUR_SQUARES; i++) {
        const Lanes even = m[2 * i] + m[2 * i + 1], odd = (Lanes)(rootsOfFour[i]) * (m[2 * i] - m[2 * i + 1]);
        const Lanes r = (Lanes)(squaresOfFour[i]);
        y.v[0] = i > 0 ? y.v[0] + even : even;
        y.v[1] = i > 0 ? y.v[1] + odd : odd;
        y.v[2] = i > 0 ? multiplyAdd(r, even, y.v[2]) : r * even;
        y.v[3] = i > 0 ? multiplyAdd(r, odd, y.v[3]) : r * odd;
    }
    y.v[3] += m[4];
    return y;
}

// Eight outputs from nine products.
Eight stridedOutputOfEight(const Lanes *m) {
    Eight y;
#pragma unroll
    for (int i = 0; i < EIGHT_SQUARES; i++) {
        const Lanes even = m[2 * i] + m[2 * i + 1], odd = (Lanes)(rootsOfEight[i]) * (m[2 * i] - m[2 * i + 1]);
        float power = 1.0f;
#pragma unroll
        for (int j = 0; j < 8; j += 2) {
            y.v[j] = i > 0 ? multiplyAdd((Lanes)(power), even, y.v[j]) : (Lanes)(power) * even;
            y.v[j + 1] = i > 0 ? multiplyAdd((Lanes)(power), odd, y.v[j + 1]) : (Lanes)(power) * odd;
            power *= squaresOfEight[i];
        }
    }
    y.v[7] += m[8];
    return y;
}

// Four and eight pixels of an output gradient as taps: their value at each point. The divisions are left to the transforms
// of the sums, which run once for many of these.
Five stridedGradientOfFour(const Lanes *g) {
    Five t;
#pragma unroll
    for (int i = 0; i < FOUR_SQUARES; i++) {
        const Lanes r = (Lanes)(squaresOfFour[i]);
        const Lanes even = multiplyAdd(r, g[2], g[0]), odd = multiplyAdd(r, g[3], g[1]);
        t.v[2 * i] = multiplyAdd((Lanes)(rootsOfFour[i]), odd, even);
        t.v[2 * i + 1] = multiplyAdd((Lanes)(-rootsOfFour[i]), odd, even);
    }
    t.v[4] = g[3];
    return t;
}

Nine stridedGradientOfEight(const Lanes *g) {
    Nine t;
#pragma unroll
    for (int i = 0; i < EIGHT_SQUARES; i++) {
        const Lanes r = (Lanes)(squaresOfEight[i]);
        const Lanes even = multiplyAdd(r, multiplyAdd(r, multiplyAdd(r, g[6], g[4]), g[2]), g[0]);
        const Lanes odd = multiplyAdd(r, multiplyAdd(r, multiplyAdd(r, g[7], g[5]), g[3]), g[1]);
        t.v[2 * i] = multiplyAdd((Lanes)(rootsOfEight[i]), odd, even);
        t.v[2 * i + 1] = multiplyAdd((Lanes)(-rootsOfEight[i]), odd, even);
    }
    t.v[8] = g[7];
    return t;
}

// The outer two taps of a filter's gradient from five and from nine sums.
Two stridedTapsOfFour(const Lanes *m) {
    Two y = {{0.0f, m[4]}};
#pragma unroll
    for (int i = 0; i < FOUR_SQUARES; i++) {
        y.v[0] = multiplyAdd((Lanes)(inverseOfFour[i] / rootsOfFour[i]), m[2 * i] - m[2 * i + 1], y.v[0]);
        y.v[1] = multiplyAdd((Lanes)(inverseOfFour[i]), m[2 * i] + m[2 * i + 1], y.v[1]);
    }
    return y;
}

Two stridedTapsOfEight(const Lanes *m) {
    Two y = {{0.0f, m[8]}};
#pragma unroll
    for (int i = 0; i < EIGHT_SQUARES; i++) {
        y.v[0] = multiplyAdd((Lanes)(inverseOfEight[i] / rootsOfEight[i]), m[2 * i] - m[2 * i + 1], y.v[0]);
        y.v[1] = multiplyAdd((Lanes)(inverseOfEight[i]), m[2 * i] + m[2 * i + 1], y.v[1]);
    }
    return y;
}

// Planes are in the order of the filter's matrices, those that meet the same one side by side: how many meet it,
int planesOfMatrix(const int matrix) {
    return (matrix / FILTER_COLUMNS < ODD_ROWS ? 1 : ROWS - ODD_ROWS)
        * (matrix % FILTER_COLUMNS < ODD_COLUMNS ? 1 : COLUMNS - ODD_COLUMNS);
}

// and the plane of a tile's row and column.
int stridedPlane(const int row, const int column) {
    if (row < ODD_ROWS) return row * COLUMNS + column;
    const int evenRow = row - ODD_ROWS, evenColumn = column - ODD_COLUMNS;
    return ODD_ROWS * COLUMNS
        + (evenColumn < 0 ? column * 4 + evenRow : ODD_COLUMNS * 4 + evenRow * 8 + evenColumn);
}
