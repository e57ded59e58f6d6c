// Stands at the beginning of every program.
#include "Common/BuiltInFunctions.h"

// Whether a * b + c is rounded once or twice must not depend on the compiler's mood: the same expression in two kernels
// gives the same bits. Where one rounding is wanted, or the speed of it, multiplyAdd says so.
#pragma OPENCL FP_CONTRACT OFF

// a * b + c, in one instruction where the device has one.
#if HAS_FUSED_MULTIPLY_ADD
#define multiplyAdd(a, b, c) fma(a, b, c)
#else
#define multiplyAdd(a, b, c) ((a) * (b) + (c))
#endif
