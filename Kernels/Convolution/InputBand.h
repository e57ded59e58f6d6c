// The rows of an input with few channels that a work-item copies into local memory, with the padding around them.
#include "Common/Activation.h"

// Copies row y of an image, or zeros if it lies outside; `copied` floats, of which `first` lie before the row's first.
void copyBandRow(
    __global const Activation *image, __local float *copy, const int y, const int height, const int rowLength,
    const int first, const int copied) {
    const bool isInside = y >= 0 && y < height;
    const int end = isInside ? first + rowLength : 0;
    __global const Activation *row = image + (isInside ? y : 0) * rowLength;
    for (int i = 0; i < first; i++) copy[i] = 0.0f;
    int i = first;
    for (; i + 16 <= end; i += 16) vstore16(loadActivation16(row + i - first), 0, copy + i);
    for (; i < end; i++) copy[i] = activationAt(row, i - first);
    for (; i + 16 <= copied; i += 16) vstore16((float16)(0.0f), 0, copy + i);
    for (; i < copied; i++) copy[i] = 0.0f;
}
