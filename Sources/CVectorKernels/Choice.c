#include "Tables.h"

bool processorHasFusedMultiplyAdd(void) {
#if defined(__x86_64__)
    // This also tells whether the operating system saves the wide registers.
    __builtin_cpu_init();
    return __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
    return true;
#else
    return false;
#endif
}

const VectorKernels *widestVectorKernels(void) {
#if defined(__x86_64__)
    if (processorHasFusedMultiplyAdd() && __builtin_cpu_supports("avx2")) {
        return __builtin_cpu_supports("avx512f") ? &vectorKernelsAVX512 : &vectorKernelsAVX2;
    }
#endif
    return &vectorKernelsBaseline;
}
