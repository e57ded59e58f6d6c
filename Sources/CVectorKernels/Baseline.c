#include "Tables.h"

// What every processor of the architecture has: SSE2 on x86-64, NEON with fused multiply-add on ARM64.
#define LANES 4
#if defined(__aarch64__)
#define INSTRUCTION_SET "NEON"
// 16 sums in 32 registers.
#define PRODUCT_ROWS 8
#define OUTER_ROWS 8
#else
#define INSTRUCTION_SET "SSE2"
// 8 sums in 16 registers: without fused multiply-add, each product needs one of its own.
#define PRODUCT_ROWS 4
#define OUTER_ROWS 4
#endif
#define TABLE vectorKernelsBaseline
#define NARROWER NULL
#include "Loops.h"
