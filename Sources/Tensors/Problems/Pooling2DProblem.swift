/// One pooling of square windows, described. Padding counts as minus infinity.
public struct Pooling2DProblem: Hashable, Sendable {
    /// `[N, H, W, C]`.
    public let inputShape: Shape
    /// Rows and columns of a window.
    public let window: Int
    /// Pixels between neighbouring windows.
    public let stride: Int
    /// Rows and columns of padding around the input.
    public let padding: Int

    /// - Throws: `TensorError.invalidArgument` if the input is not `[N, H, W, C]`, the window does not fit, or a window
    ///   could lie wholly in the padding.
    public init(input: Shape, window: Int, stride: Int, padding: Int) throws {
        guard input.rank == 4, input.count > 0, window >= 1, stride >= 1, padding >= 0, padding <= window / 2,
            window - 2 * padding <= input[1], window - 2 * padding <= input[2]
        else {
            throw TensorError.invalidArgument(
                operation: "maxPooling",
                problem: "input \(input), window \(window), stride \(stride), padding \(padding) do not fit")
        }
        inputShape = input
        self.window = window
        self.stride = stride
        self.padding = padding
    }

    /// `[N, (H + 2·padding − window) / stride + 1, likewise W, C]`.
    public var outputShape: Shape {
        let overlap = window - 2 * padding
        return [
            inputShape[0], (inputShape[1] - overlap) / stride + 1, (inputShape[2] - overlap) / stride + 1,
            inputShape[3],
        ]
    }
}
