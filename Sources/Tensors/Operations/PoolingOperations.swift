/// Pooling over pixels.
/// An implementation must pass the parity rows `…Pooling` and the golden vectors `global_average_pool_*`, `max_pool_*`.
public protocol PoolingOperations: AnyObject {
    /// `[N, H, W, C]` → `[N, C]`: the mean over all pixels, float32 also where the input is float16.
    func globalAveragePooling(_ input: Tensor) throws -> Tensor

    /// `[N, C]` → `inputShape` `[N, H, W, C]`: every pixel receives `outputGradient / (H·W)`.
    ///
    /// - Parameter inputType: what the input held, and the result will hold: float32 or float16.
    func globalAveragePoolingGradient(
        _ outputGradient: Tensor, inputShape: Shape, inputType: ElementType
    ) throws -> Tensor

    /// The largest element of each window, and where it was found: `indices` (int32, shaped as the output) holds
    /// `h·W + w` of the first maximum in row-major order. Padding counts as minus infinity.
    func maxPooling(
        _ input: Tensor, window: Int, stride: Int, padding: Int
    ) throws -> (output: Tensor, indices: Tensor)

    /// Sends each output's gradient to the pixel that `indices` names; a pixel of several windows receives their sum,
    /// added in row-major order of the windows.
    func maxPoolingGradient(
        _ outputGradient: Tensor, indices: Tensor, inputShape: Shape, window: Int, stride: Int, padding: Int
    ) throws -> Tensor
}

extension PoolingOperations {
    /// The gradient for an input of float32.
    public func globalAveragePoolingGradient(_ outputGradient: Tensor, inputShape: Shape) throws -> Tensor {
        try globalAveragePoolingGradient(outputGradient, inputShape: inputShape, inputType: .float32)
    }
}
