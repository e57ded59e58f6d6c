import Tensors

extension CPUBackend {
    /// Sums in double precision, pixel after pixel.
    public func globalAveragePooling(_ input: Tensor) throws -> Tensor {
        if input.elementType == .float16 {
            return try globalAveragePooling(widened(input, "the input", "globalAveragePooling"))
        }
        let operation = begin("globalAveragePooling")
        let (images, pixels, channels) = try expectImages(input.shape, operation)
        try Expect.activations(input, "the input", operation: operation)
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats([images, channels])
        Parallel.forEachRowRange(of: images, columns: pixels * channels) { range in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: channels) { sums in
                for image in range {
                    sums.initialize(repeating: 0)
                    for pixel in image * pixels..<(image + 1) * pixels {
                        let x = x + pixel * channels
                        for c in 0..<channels { sums[c] += Double(x[c]) }
                    }
                    for c in 0..<channels { y[image * channels + c] = Float(sums[c] / Double(pixels)) }
                }
            }
        }
        return output
    }

    /// The same value for each pixel.
    public func globalAveragePoolingGradient(
        _ outputGradient: Tensor, inputShape: Shape, inputType: ElementType
    ) throws -> Tensor {
        let operation = begin("globalAveragePoolingGradient")
        let (images, pixels, channels) = try expectImages(inputShape, operation)
        try Expect.shape(outputGradient, [images, channels], "the output gradient", operation: operation)
        let gradient = try floats(outputGradient, "the output gradient", operation)
        let (output, result) = try makeFloats(inputShape)
        Parallel.forEachRowRange(of: images, columns: pixels * channels) { range in
            for image in range {
                let gradient = gradient + image * channels
                for pixel in image * pixels..<(image + 1) * pixels {
                    let result = result + pixel * channels
                    for c in 0..<channels { result[c] = gradient[c] / Float(pixels) }
                }
            }
        }
        return try inputType == .float32 ? output : convert(output, to: inputType)
    }

    /// Looks at every element of each window.
    public func maxPooling(
        _ input: Tensor, window: Int, stride: Int, padding: Int
    ) throws -> (output: Tensor, indices: Tensor) {
        if input.elementType == .float16 {
            let (output, indices) = try maxPooling(
                widened(input, "the input", "maxPooling"), window: window, stride: stride, padding: padding)
            return (try narrowed(output, "maxPooling"), indices)
        }
        let operation = begin("maxPooling")
        let problem = try Pooling2DProblem(input: input.shape, window: window, stride: stride, padding: padding)
        try Expect.activations(input, "the input", operation: operation)
        let (height, width, channels) = (input.shape[1], input.shape[2], input.shape[3])
        let (outputHeight, outputWidth) = (problem.outputShape[1], problem.outputShape[2])
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats(problem.outputShape)
        let (indices, index) = try makeIntegers(problem.outputShape)
        let rows = problem.outputShape[0] * outputHeight
        Parallel.forEachRowRange(of: rows, columns: outputWidth * channels) { range in
            for row in range {
                let image = x + row / outputHeight * height * width * channels
                let top = row % outputHeight * stride - padding
                for q in 0..<outputWidth {
                    let left = q * stride - padding
                    for c in 0..<channels {
                        var best = -1
                        for h in max(0, top)..<min(height, top + window) {
                            for w in max(0, left)..<min(width, left + window) {
                                let pixel = h * width + w
                                if best < 0 || image[pixel * channels + c] > image[best * channels + c] {
                                    best = pixel
                                }
                            }
                        }
                        let element = (row * outputWidth + q) * channels + c
                        y[element] = image[best * channels + c]
                        index[element] = Int32(truncatingIfNeeded: best)
                    }
                }
            }
        }
        return (output, indices)
    }

    /// One image at a time, so that no two cores add to one pixel.
    public func maxPoolingGradient(
        _ outputGradient: Tensor, indices: Tensor, inputShape: Shape, window: Int, stride: Int, padding: Int
    ) throws -> Tensor {
        if outputGradient.elementType == .float16 {
            let operation = "maxPoolingGradient"
            let inputGradient = try maxPoolingGradient(
                widened(outputGradient, "the output gradient", operation), indices: indices, inputShape: inputShape,
                window: window, stride: stride, padding: padding)
            return try narrowed(inputGradient, operation)
        }
        let operation = begin("maxPoolingGradient")
        let problem = try Pooling2DProblem(input: inputShape, window: window, stride: stride, padding: padding)
        try Expect.activations(outputGradient, "the output gradient", operation: operation)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        try Expect.shape(indices, problem.outputShape, "the indices", operation: operation)
        let gradient = try floats(outputGradient, "the output gradient", operation)
        let index = try integers(indices, "the indices", operation)
        let (output, result) = try makeFloats(inputShape)
        let (pixels, channels) = (inputShape[1] * inputShape[2], inputShape[3])
        let windows = problem.outputShape[1] * problem.outputShape[2]
        Parallel.forEachRowRange(of: inputShape[0], columns: pixels * channels) { range in
            for image in range {
                let result = result + image * pixels * channels
                result.update(repeating: 0, count: pixels * channels)
                for element in image * windows * channels..<(image + 1) * windows * channels {
                    let pixel = Int(index[element])
                    guard pixel >= 0, pixel < pixels else { continue }
                    result[pixel * channels + element % channels] += gradient[element]
                }
            }
        }
        return output
    }

    /// Checks that a shape is `[N, H, W, C]` with pixels and channels.
    private func expectImages(
        _ shape: Shape, _ operation: String
    ) throws -> (images: Int, pixels: Int, channels: Int) {
        guard shape.rank == 4, shape[1] > 0, shape[2] > 0, shape[3] > 0 else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "the input is \(shape), must be [N, H, W, C] with pixels and channels")
        }
        return (shape[0], shape[1] * shape[2], shape[3])
    }
}
