#if defined(__x86_64__)

#include "Tables.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define INSTRUCTION_SET "AVX2"
#define LANES 8
// 12 sums in 16 registers.
#define PRODUCT_ROWS 6
#define OUTER_ROWS 6
#define TABLE vectorKernelsAVX2
#define NARROWER &vectorKernelsBaseline
#include "Loops.h"
#pragma clang attribute pop

#endif
