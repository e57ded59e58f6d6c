#include "CVectorKernels.h"

extern const VectorKernels vectorKernelsBaseline;
#if defined(__x86_64__)
extern const VectorKernels vectorKernelsAVX2, vectorKernelsAVX512;
#endif
