/// Pooling over pixels.
/// An implementation must pass the parity rows `…Pooling` and the golden vectors `global_average_pool_*`, `max_pool_*`.
public protocol PoolingOperations: AnyObject {
    /// `[N, H, W, C]` → `[N, C]`: the mean over all pixels.
    func globalAveragePooling(_ input: Tensor) throws -> Tensor

    /// `[N, C]` → `inputShape` `[N, H, W, C]`: every pixel receives `outputGradient / (H·W)`.
    func globalAveragePoolingGradient(_ outputGradient: Tensor, inputShape: Shape) throws -> Tensor

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
