// Second stage of the filter gradients: adds the partial results of all chunks in ascending order.
//
// Problem: sum[i] = Σ_chunk partials[chunk][i].
// Mapping: Common/Vector.h's chunks of elements.
// Cost: reads every partial result once; one addition for each.
#include "Common/Tensor.h"
#include "Common/Vector.h"

CHUNK_KERNEL void sumPartials(INPUT(float, partials), OUTPUT(float, sum), const int count, const int chunks) {
    OPEN(partials);
    OPEN(sum);
    CHUNK_LOOP(i, count) {
        Vector total = load(partials + i, count - i, 0.0f);
        for (int chunk = 1; chunk < chunks; chunk++) {
            total += load(partials + (ulong)chunk * count + i, count - i, 0.0f);
        }
        store(total, sum + i, count - i);
    }
}
