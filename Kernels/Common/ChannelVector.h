// For kernels that treat each channel of an NHWC tensor alike, VECTOR neighbouring channels at a time. On a CPU-like device
// one work-item along dimension 0 goes through all channels of its pixels and so reads whole cache lines; on a GPU-like one
// there is a work-item for each channel, and neighbours read neighbouring channels. Both run the same loop; `c` is the
// first channel of the vector, and `channels - c` are left for `load` and `store`.
#include "Common/Vector.h"

#define CHANNEL_LOOP(c, channels) \
    for (int c = get_global_id(0) * VECTOR; c < (channels); c += get_global_size(0) * VECTOR)
