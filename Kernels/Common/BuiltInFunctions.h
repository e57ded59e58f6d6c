// The built-in functions that kernels call, declared where the host defines DECLARE_BUILT_IN_FUNCTIONS because the compiler
// has not been given its own declarations: PoCL's are 18 000 lines, read anew for every program at every start. Attributes
// are those of Clang's opencl-c.h, so the same code comes out. A function that is missing here is an error, and the program
// is then compiled with the driver's declarations; tests find that.
#ifdef DECLARE_BUILT_IN_FUNCTIONS
#define PLAIN __attribute__((overloadable))
#define OF_ARGUMENTS __attribute__((overloadable, const))
#define OF_MEMORY __attribute__((overloadable, pure))

// Work-items
size_t OF_ARGUMENTS get_global_id(uint);
size_t OF_ARGUMENTS get_global_size(uint);
size_t OF_ARGUMENTS get_group_id(uint);
size_t OF_ARGUMENTS get_num_groups(uint);
size_t OF_ARGUMENTS get_local_id(uint);
void __attribute__((overloadable, convergent)) barrier(cl_mem_fence_flags);

uint PLAIN atomic_inc(volatile __local uint *);
uint PLAIN atomic_add(volatile __local uint *, uint);

// Arithmetic
#define DECLARE_FOR_FLOATS(Floats, Integers)                           \
    Floats OF_ARGUMENTS fma(Floats, Floats, Floats);                   \
    Floats OF_ARGUMENTS fmax(Floats, Floats);                          \
    Floats OF_ARGUMENTS sqrt(Floats);                                  \
    Floats OF_ARGUMENTS exp(Floats);                                   \
    Floats OF_ARGUMENTS log(Floats);                                   \
    Floats OF_ARGUMENTS pow(Floats, Floats);                           \
    Floats OF_ARGUMENTS sinpi(Floats);                                 \
    Floats OF_ARGUMENTS cospi(Floats);                                 \
    Integers OF_ARGUMENTS isnan(Floats);                               \
    Integers OF_ARGUMENTS isgreater(Floats, Floats);                   \
    Floats OF_ARGUMENTS select(Floats, Floats, Integers);
DECLARE_FOR_FLOATS(float, int)
DECLARE_FOR_FLOATS(float4, int4)
DECLARE_FOR_FLOATS(float8, int8)
DECLARE_FOR_FLOATS(float16, int16)

#define DECLARE_FOR_INTEGERS(Integers)                                 \
    Integers OF_ARGUMENTS min(Integers, Integers);                     \
    Integers OF_ARGUMENTS max(Integers, Integers);                     \
    Integers OF_ARGUMENTS mul_hi(Integers, Integers);
DECLARE_FOR_INTEGERS(int)
DECLARE_FOR_INTEGERS(uint)
DECLARE_FOR_INTEGERS(uint16)
DECLARE_FOR_INTEGERS(long)
DECLARE_FOR_INTEGERS(ulong)
ulong OF_ARGUMENTS clz(ulong);
int OF_ARGUMENTS select(int, int, int);
int16 OF_ARGUMENTS select(int16, int16, int16);
float OF_ARGUMENTS convert_float(uint);
float16 OF_ARGUMENTS convert_float16(uint16);

// Vectors in memory
#define DECLARE_FOR_SPACE(space)                                       \
    float2 OF_MEMORY vload2(size_t, const space float *);              \
    float4 OF_MEMORY vload4(size_t, const space float *);              \
    float8 OF_MEMORY vload8(size_t, const space float *);              \
    float16 OF_MEMORY vload16(size_t, const space float *);            \
    void PLAIN vstore4(float4, size_t, space float *);                 \
    void PLAIN vstore8(float8, size_t, space float *);                 \
    void PLAIN vstore16(float16, size_t, space float *);
DECLARE_FOR_SPACE(__global)
DECLARE_FOR_SPACE(__local)
DECLARE_FOR_SPACE(__private)

float OF_MEMORY vload_half(size_t, const __global half *);
float2 OF_MEMORY vload_half2(size_t, const __global half *);
float4 OF_MEMORY vload_half4(size_t, const __global half *);
float8 OF_MEMORY vload_half8(size_t, const __global half *);
float16 OF_MEMORY vload_half16(size_t, const __global half *);
float2 OF_MEMORY vloada_half2(size_t, const __global half *);
float4 OF_MEMORY vloada_half4(size_t, const __global half *);
void PLAIN vstore_half_rte(float, size_t, __global half *);
void PLAIN vstore_half4_rte(float4, size_t, __global half *);
void PLAIN vstore_half16_rte(float16, size_t, __global half *);

#undef PLAIN
#undef OF_ARGUMENTS
#undef OF_MEMORY
#endif
