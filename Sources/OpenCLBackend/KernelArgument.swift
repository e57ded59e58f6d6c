import Tensors

/// What is passed to a kernel.
enum KernelArgument {
    /// `INPUT`, `OUTPUT` or `INOUT` of Common/Tensor.h: two arguments, the buffer and the first element's index (`ulong`).
    case tensor(Tensor)
    /// `int`. A value beyond 32 bits is refused, as kernels count in 32 bits; only places in tensors,
    /// products of such numbers, have 64.
    case int(Int)
    /// `uint`, all 32 bits of which matter, such as a word of a seed.
    case bits(UInt32)
    /// `float`.
    case float(Float)
    /// `__local` memory of so many bytes.
    case local(bytes: Int)
}
