import Tensors

/// What convolutions must refuse.
extension ConvolutionRows {
    static let refusals = [
        forwardRefusal("an input that is no batch of images", input: [8, 8, 3], filter: [3, 3, 3, 4]),
        forwardRefusal("a filter without four dimensions", input: [1, 8, 8, 3], filter: [3, 3, 12]),
        forwardRefusal("channels that differ", input: [1, 8, 8, 3], filter: [3, 3, 4, 4]),
        forwardRefusal("stride 0", input: [1, 8, 8, 3], filter: [3, 3, 3, 4], stride: 0),
        forwardRefusal("a stride without end", input: [1, 4, 4, 3], filter: [3, 3, 3, 4], stride: .max),
        forwardRefusal("padding −1", input: [1, 8, 8, 3], filter: [3, 3, 3, 4], padding: -1),
        forwardRefusal("padding without end", input: [1, 8, 8, 3], filter: [3, 3, 3, 4], padding: .max),
        forwardRefusal("a filter larger than the padded input", input: [1, 2, 2, 3], filter: [5, 5, 3, 4]),
        RefusalRow("convolution2D", "an input of integers") { backend in
            _ = try backend.convolution2D(
                try backend.makeTensor([1, 4, 4, 1], .int32), filter: try backend.tensor(repeating: 1, [3, 3, 1, 1]),
                stride: 1, padding: 1)
        },
        RefusalRow("convolution2D", "a filter of another backend", expected: .foreignTensor) { backend in
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, [1, 4, 4, 1]), filter: ForeignStorage.tensor([3, 3, 1, 1]),
                stride: 1, padding: 1)
        },
        RefusalRow("convolution2D", "a normalization of another number of channels") { backend in
            let row = try backend.tensor(repeating: 1, [15])
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, [1, 4, 4, 16]),
                normalizedBy: ChannelNormalization(
                    scale: row, shift: row, statistics: BatchStatistics(mean: row, inverseStandardDeviation: row),
                    negativeSlope: 0.1),
                filter: try backend.tensor(repeating: 1, [3, 3, 16, 16]), stride: 1, padding: 1, adding: nil,
                gatheringMoments: false)
        },
        RefusalRow("convolution2DInputGradient", "an output gradient of the wrong shape") { backend in
            _ = try backend.convolution2DInputGradient(
                try backend.tensor(repeating: 1, [1, 4, 5, 2]), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                inputShape: [1, 4, 4, 1], stride: 1, padding: 1)
        },
        RefusalRow("convolution2D", "a residual of the wrong shape") { backend in
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, [1, 4, 4, 1]), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                stride: 1, padding: 1, adding: try backend.tensor(repeating: 1, [1, 4, 4, 1]))
        },
        RefusalRow("convolution2D", "a residual of another type than the input") { backend in
            _ = try backend.convolution2D(
                try backend.makeTensor([1, 4, 4, 1], .float16), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                stride: 1, padding: 1, adding: try backend.tensor(repeating: 1, [1, 4, 4, 2]))
        },
        RefusalRow("convolution2D", "a filter of halves") { backend in
            _ = try backend.convolution2D(
                try backend.makeTensor([1, 4, 4, 1], .float16), filter: try backend.makeTensor([3, 3, 1, 2], .float16),
                stride: 1, padding: 1)
        },
        RefusalRow("convolution2DFilterGradient", "an output gradient of another type than the input") { backend in
            try backend.convolution2DFilterGradient(
                try backend.tensor(repeating: 1, [1, 4, 4, 2]), input: try backend.makeTensor([1, 4, 4, 3], .float16),
                stride: 1, padding: 1, into: try backend.makeTensor([3, 3, 3, 2], .float32))
        },
        RefusalRow("convolution2DInputGradient", "a received gradient of the wrong shape") { backend in
            _ = try backend.convolution2DInputGradient(
                try backend.tensor(repeating: 1, [1, 4, 4, 2]), filter: try backend.tensor(repeating: 1, [3, 3, 1, 2]),
                inputShape: [1, 4, 4, 1], stride: 1, padding: 1, adding: try backend.tensor(repeating: 1, [1, 4, 4, 2]))
        },
        RefusalRow("convolution2DFilterGradient", "a destination of the wrong shape") { backend in
            try backend.convolution2DFilterGradient(
                try backend.tensor(repeating: 1, [1, 4, 4, 2]), input: try backend.tensor(repeating: 1, [1, 4, 4, 3]),
                stride: 1, padding: 1, into: try backend.makeTensor([3, 3, 2, 3], .float32))
        },
        RefusalRow("convolution2DFilterGradient", "an output gradient of the wrong shape") { backend in
            try backend.convolution2DFilterGradient(
                try backend.tensor(repeating: 1, [2, 4, 4, 2]), input: try backend.tensor(repeating: 1, [1, 4, 4, 3]),
                stride: 1, padding: 1, into: try backend.makeTensor([3, 3, 3, 2], .float32))
        },
    ]

    private static func forwardRefusal(
        _ mistake: String, input: Shape, filter: Shape, stride: Int = 1, padding: Int = 1
    ) -> RefusalRow {
        RefusalRow("convolution2D", mistake) { backend in
            _ = try backend.convolution2D(
                try backend.tensor(repeating: 1, input), filter: try backend.tensor(repeating: 1, filter),
                stride: stride, padding: padding)
        }
    }
}
