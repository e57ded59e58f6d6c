// The end of convolutions and input gradients: a sum leaves the registers, and what the caller wants added to it, a
// residual or an earlier gradient, is added on the way, so that no pass over the tensor is needed for it. The sum is
// complete before: the bits are those of an addition afterwards.
//
// Mapping: a kernel's own. Cost: 4 more bytes read and one addition for each element that has an addend.
//
// A kernel takes ADDEND among its arguments, and the host passes `Convolution2DOperands.addendArguments` for it: a tensor
// shaped like the target, which is read only where `hasAddend` is not 0.
#include "Common/PartialVector.h"
#include "Common/Streaming.h"
#include "Common/Tensor.h"

#define ADDEND INPUT(Activation, addend), const int hasAddend

// Writes the first `lanes` (16 if there are more) of the 16 sums that belong at `place` of the target: all or none of them,
// where the target is streamed.
void storeSums(
    float16 sums, __global Activation *target, __global const Activation *addend, const int hasAddend, const ulong place,
    const int lanes, const bool streams) {
    if (hasAddend) sums += loadActivationLanes(addend + place, lanes);
    if (streams && lanes > 0) {
        streamActivation16(sums, target + place);
    } else {
        storeActivationLanes(sums, target + place, lanes);
    }
}
