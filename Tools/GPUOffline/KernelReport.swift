/// What a compiler made of one kernel for one chip.
struct KernelReport {
    /// Vector registers of a work-item.
    let registers: Int
    /// Bytes of local memory of a work-group.
    let localBytes: Int
    /// Bytes of memory that each work-item needs because registers do not hold everything: spilled registers, and arrays
    /// with computed indices.
    let stackBytes: Int
    /// Registers, or bytes, that are spilled: anything but 0 is too much in a hot kernel.
    let spills: Int
    /// The loop that does most multiply-adds; nil if no loop does any.
    let innerLoop: InstructionMix?
}
