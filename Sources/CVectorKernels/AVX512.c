#if defined(__x86_64__)

#include "Tables.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#define INSTRUCTION_SET "AVX-512"
#define LANES 16
// 16 and 24 sums in 32 registers; the addresses of 12 rows would not fit into the other 16.
#define PRODUCT_ROWS 8
#define OUTER_ROWS 12
#define TABLE vectorKernelsAVX512
#define NARROWER &vectorKernelsAVX2
#include "Loops.h"
#pragma clang attribute pop

#endif
