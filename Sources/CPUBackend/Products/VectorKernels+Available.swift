import CVectorKernels

extension VectorKernels {
    /// The loops for the widest instruction set that this processor has.
    static var widest: VectorKernels { widestVectorKernels().pointee }

    /// The loops for every instruction set that this processor has, the widest first.
    static var available: [VectorKernels] {
        Array(sequence(first: widest) { $0.narrower?.pointee })
    }

    /// The instruction set that the loops are compiled for.
    var name: String { String(cString: instructionSet) }
}
