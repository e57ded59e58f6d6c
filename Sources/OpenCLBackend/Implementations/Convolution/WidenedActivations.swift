import Tensors

extension OpenCLBackend {
    /// Activations as kernels want them that read one element at a time: float32. Converting them one by one would take
    /// several times as long as all at once, in whole vectors, before.
    func widened(_ activations: Tensor) throws -> Tensor {
        activations.elementType == .float32 ? activations : try convert(activations, to: .float32)
    }
}
