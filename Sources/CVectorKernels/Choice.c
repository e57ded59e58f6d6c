#include "Tables.h"

const VectorKernels *widestVectorKernels(void) {
#if defined(__x86_64__)
    // These also tell whether the operating system saves the wide registers.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return __builtin_cpu_supports("avx512f") ? &vectorKernelsAVX512 : &vectorKernelsAVX2;
    }
#endif
    return &vectorKernelsBaseline;
}
