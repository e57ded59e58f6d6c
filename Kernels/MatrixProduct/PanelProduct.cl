// Matrix product for CPU-like devices: c = alpha · op(a) · op(b) + beta · c.
//
// `packPanels` writes op(b) as panels [panel][K][16] of 16 neighbouring columns, missing ones zero; `multiplyPanels`
// multiplies. Where op(b)'s columns already lie side by side in full vectors the host passes b itself, with panelStride
// 16 and depthStride N, and nothing is packed.
// Mapping: one work-item = 16·PANELS columns × rowsPerItem rows, ROWS rows at a time: ROWS × PANELS float16 sums in
// registers over the whole depth K. Rows beyond the last repeat it and are not stored.
// Cost: 2·M·N·K flops; (ROWS + PANELS) loads for ROWS·PANELS multiply-adds of 16 lanes.
#include "Common/PartialVector.h"
#include "Common/Tensor.h"

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void packPanels(
    INPUT(float, b), OUTPUT(float, panels), const int depth, const int columns, const int depthStride,
    const int columnStride) {
    OPEN(b);
    OPEN(panels);
    const int panel = get_global_id(0), lanes = min(columns - panel * 16, 16);
    b += (ulong)panel * 16 * columnStride;
    panels += (ulong)panel * depth * 16;
    for (int d = 0; d < depth; d++) {
        for (int lane = 0; lane < 16; lane++) {
            panels[d * 16 + lane] = lane < lanes ? b[(ulong)d * depthStride + (ulong)lane * columnStride] : 0.0f;
        }
    }
}

__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void multiplyPanels(
    const float alpha, INPUT(float, a), INPUT(float, panels), const float beta, INOUT(float, c), const int rows,
    const int columns, const int depth, const int rowStride, const int columnStride, const int panelStride,
    const int depthStride, const int rowsPerItem) {
    OPEN(a);
    OPEN(panels);
    OPEN(c);
    const int firstPanel = get_global_id(0) * PANELS;
    const int firstRow = get_global_id(1) * rowsPerItem, endRow = min(firstRow + rowsPerItem, rows);
    panels += (ulong)firstPanel * panelStride;
    c += firstPanel * 16;
    for (int row = firstRow; row < endRow; row += ROWS) {
        float16 sums[ROWS][PANELS];
        __global const float *values[ROWS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            values[i] = a + (ulong)min(row + i, rows - 1) * rowStride;
#pragma unroll
            for (int panel = 0; panel < PANELS; panel++) sums[i][panel] = 0.0f;
        }
        __global const float *vectors = panels;
        for (int d = 0; d < depth; d++) {
            float16 vector[PANELS];
#pragma unroll
            for (int panel = 0; panel < PANELS; panel++) vector[panel] = vload16(0, vectors + (ulong)panel * panelStride);
            vectors += depthStride;
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                const float16 value = values[i][(ulong)d * columnStride];
#pragma unroll
                for (int panel = 0; panel < PANELS; panel++) {
                    sums[i][panel] = multiplyAdd(value, vector[panel], sums[i][panel]);
                }
            }
        }
        // Through memory and a loop that is not unrolled: unrolled, this part would take most of the compile time.
        float16 results[ROWS * PANELS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int panel = 0; panel < PANELS; panel++) results[i * PANELS + panel] = alpha * sums[i][panel];
        }
#pragma unroll 1
        for (int n = 0; n < min(ROWS, endRow - row) * PANELS; n++) {
            const int panel = n % PANELS, lanes = columns - (firstPanel + panel) * 16;
            __global float *place = c + (ulong)(row + n / PANELS) * columns + panel * 16;
            float16 result = results[n];
            if (beta != 0.0f) result = multiplyAdd((float16)(beta), loadLanes(place, lanes), result);
            storeLanes(result, place, lanes);
        }
    }
}
