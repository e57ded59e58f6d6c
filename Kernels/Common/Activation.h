// How activations and their gradients lie in memory: as float32, or as halves where the host defines HALF_ACTIVATIONS
// (Definitions.swift). The arithmetic is float32 in either case; what is stored as a half is rounded to nearest, ties to
// even. Without the macro each name stands for what a kernel on floats would say itself.
//
// vload_half and vstore_half are part of OpenCL C 1.2: as long as nobody computes in halves, no extension is needed.
// Headers that load and store parts of vectors have versions for activations beside those for floats.

// A vector at any float's address. PoCL's vstore16 writes it in three pieces, an assignment in one.
typedef float16 __attribute__((aligned(4))) UnalignedVector;

#ifdef HALF_ACTIVATIONS
#define Activation half
#define activationAt(pointer, index) vload_half(index, pointer)
#define setActivation(value, pointer, index) vstore_half_rte(value, index, pointer)
#define loadActivation16(pointer) vload_half16(0, pointer)
#define storeActivation16(value, pointer) vstore_half16_rte(value, 0, pointer)
// At an address that is a multiple of the vector's own size.
#define alignedActivation2(pointer) vloada_half2(0, pointer)
#define alignedActivation4(pointer) vloada_half4(0, pointer)
#else
#define Activation float
#define activationAt(pointer, index) (pointer)[index]
#define setActivation(value, pointer, index) (pointer)[index] = (value)
#define loadActivation16(pointer) vload16(0, pointer)
#define storeActivation16(value, pointer) *(__global UnalignedVector *)(pointer) = (value)
#define alignedActivation2(pointer) (*(__global const float2 *)(pointer))
#define alignedActivation4(pointer) (*(__global const float4 *)(pointer))
#endif
