// How a kernel receives a tensor: the buffer that holds it and the index of its first element there, because a
// tensor may be a view of a larger buffer and OpenCL has no pointer arithmetic on the host.
//
//     __kernel void scale(INPUT(float, x), OUTPUT(float, y), const float factor) {
//         OPEN(x); OPEN(y);
//         y[get_global_id(0)] = factor * x[get_global_id(0)];
//     }
//
// The host passes `.tensor(x)` for each, which sets both arguments.
#define INPUT(type, name) __global const type *restrict name, const ulong name##Start
#define OUTPUT(type, name) __global type *restrict name, const ulong name##Start
// For tensors that are read and written, or that may share a buffer with another argument element by element.
#define INOUT(type, name) __global type *name, const ulong name##Start
#define OPEN(name) name += name##Start
