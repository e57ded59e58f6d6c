/// One convolution, described: the key by which a backend chooses, compiles and tunes its implementation.
///
/// Activations are `[N, H, W, C]`, filters `[R, S, Cin, Cout]`. Cross-correlation with zero padding on all four sides;
/// the output's height is `(inputHeight + 2·padding − filterHeight) / stride + 1`, rounded down, likewise its width.
public struct Convolution2DProblem: Hashable, Sendable {
    /// Images in the batch (N).
    public let batch: Int
    /// H of the input.
    public let inputHeight: Int
    /// W of the input.
    public let inputWidth: Int
    /// Cin.
    public let inputChannels: Int
    /// R.
    public let filterHeight: Int
    /// S.
    public let filterWidth: Int
    /// Cout.
    public let outputChannels: Int
    /// Pixels between neighbouring windows, the same in both directions.
    public let stride: Int
    /// Rows and columns of zeros around the input.
    public let padding: Int
    /// Whether a tensor shaped as the result is added to it: the residual to an output, what a gradient's variable has
    /// received from elsewhere to an input gradient.
    public private(set) var hasAddend: Bool
    /// What input, output, their gradients and the addend hold: float32 or float16. The filter holds float32.
    public let activations: ElementType

    /// The largest stride and padding: far beyond any network's, and no kernel's 32-bit places overflow.
    private static let limit = 1024

    /// Describes the convolution of `input` `[N, H, W, Cin]` with `filter` `[R, S, Cin, Cout]`.
    ///
    /// - Throws: `TensorError.invalidArgument` if ranks or channels do not fit, an extent is zero, stride or padding is
    ///   more than 1024, the filter is larger than the padded input, or the output has too many elements to count.
    public init(
        input: Shape, filter: Shape, stride: Int, padding: Int, hasAddend: Bool = false,
        activations: ElementType = .float32
    ) throws {
        func refuse(_ problem: String) -> TensorError {
            .invalidArgument(
                operation: "convolution2D",
                problem: "input \(input), filter \(filter), stride \(stride), padding \(padding): \(problem)")
        }
        guard input.rank == 4 else { throw refuse("the input must be [N, H, W, C]") }
        guard filter.rank == 4 else { throw refuse("the filter must be [R, S, Cin, Cout]") }
        guard filter[2] == input[3] else { throw refuse("the channels differ") }
        guard (1...Self.limit).contains(stride), (0...Self.limit).contains(padding) else {
            throw refuse("the stride must be 1 to \(Self.limit), the padding 0 to \(Self.limit)")
        }
        guard input.count > 0, filter.count > 0 else { throw refuse("an extent is zero") }
        guard input[1] + 2 * padding >= filter[0], input[2] + 2 * padding >= filter[1] else {
            throw refuse("the filter is larger than the padded input")
        }
        (batch, inputHeight, inputWidth, inputChannels) = (input[0], input[1], input[2], input[3])
        (filterHeight, filterWidth, outputChannels) = (filter[0], filter[1], filter[3])
        self.stride = stride
        self.padding = padding
        self.hasAddend = hasAddend
        self.activations = activations
        _ = try Shape([batch, outputHeight, outputWidth, outputChannels])
    }

    /// H of the output.
    public var outputHeight: Int { (inputHeight + 2 * padding - filterHeight) / stride + 1 }

    /// W of the output.
    public var outputWidth: Int { (inputWidth + 2 * padding - filterWidth) / stride + 1 }

    /// The same without an addend.
    public var withoutAddend: Convolution2DProblem {
        var problem = self
        problem.hasAddend = false
        return problem
    }

    /// `[N, H, W, Cin]`.
    public var inputShape: Shape { [batch, inputHeight, inputWidth, inputChannels] }

    /// `[R, S, Cin, Cout]`.
    public var filterShape: Shape { [filterHeight, filterWidth, inputChannels, outputChannels] }

    /// `[N, outputHeight, outputWidth, Cout]`.
    public var outputShape: Shape { [batch, outputHeight, outputWidth, outputChannels] }

    /// Floating-point operations in any of the three directions: two for each multiply-add, padding counted.
    public var floatingPointOperations: Int {
        2 * outputShape.count * filterHeight * filterWidth * inputChannels
    }
}

extension Convolution2DProblem: CustomStringConvertible {
    /// `n64 h32 w32 c16 k32 r3 s1 p1`: images, height, width, channels in, channels out, filter's height (and width,
    /// `r1x3`, where it differs), stride, padding, `adding` where there is an addend, and `half` where activations are
    /// float16.
    public var description: String {
        let filter = filterHeight == filterWidth ? "r\(filterHeight)" : "r\(filterHeight)x\(filterWidth)"
        return
            "n\(batch) h\(inputHeight) w\(inputWidth) c\(inputChannels) k\(outputChannels) \(filter) s\(stride) p\(padding)"
            + (hasAddend ? " adding" : "") + (activations == .float16 ? " half" : "")
    }
}
