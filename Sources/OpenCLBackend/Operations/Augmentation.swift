import Tensors

/// Kernel: Augmentation/ImageViews.cl. One launch.
extension OpenCLBackend: AugmentationOperations {
    /// Two images are worked on in local memory if they take no more: what most devices have beside the histograms.
    private static let localBytes = 32 << 10

    /// A work-group to each view.
    public func imageViews(of images: Tensor, programs: ImagePrograms, values: Tensor) throws -> Tensor {
        let operation = "imageViews"
        let output = try makeTensor(
            try programs.viewShape(of: images, values: values, operation: operation), .float32)
        let words = try tensor(programs.words, Shape([programs.words.count]))
        guard programs.words.count <= Int32.max else {
            throw TensorError.unsupported(
                operation: operation,
                problem: "the programs have \(programs.words.count) words: too many views at a time",
                device: device.name)
        }
        let starts = try tensor(programs.starts.map(Int32.init), Shape([programs.count]))
        let workspaceBytes = 2 * programs.sourceSize.area * programs.channels
        let isLocal = workspaceBytes <= min(Self.localBytes, hardware.localMemoryBytes / 2)
        let items = self.programs.geometry.chunkItems
        let workspace: KernelArgument =
            isLocal
            ? .local(bytes: workspaceBytes)
            : .tensor(try makeTensor(Shape([programs.count, workspaceBytes]), .uint8))
        try launch(
            operation, in: "Augmentation/ImageViews.cl",
            definitions: Self.definitionsOfInstructions + [
                "ITEMS": .integer(items), "CHANNELS": .integer(programs.channels), "IS_LOCAL": isLocal ? 1 : 0,
                "WORKSPACE": isLocal ? "__local" : "__global",
            ],
            global: [programs.count * items], local: [items],
            arguments: [
                .tensor(images), .tensor(words), .tensor(starts), .tensor(values), .tensor(output),
                .int(programs.sourceSize.height), .int(programs.sourceSize.width), .int(programs.viewSize.height),
                .int(programs.viewSize.width), workspace,
            ])
        return output
    }

    /// The instructions' numbers.
    private static let definitionsOfInstructions: Definitions = [
        "END": instruction(.end), "GATHER": instruction(.gather), "INTERPOLATE": instruction(.interpolate),
        "AFFINE": instruction(.affine), "TABLE": instruction(.table), "AUTO_CONTRAST": instruction(.autoContrast),
        "EQUALIZE": instruction(.equalize), "COLOR": instruction(.color), "CONTRAST": instruction(.contrast),
        "SHARPNESS": instruction(.sharpness), "FILL": instruction(.fill),
        "HUE": instruction(.hue), "BLUR": instruction(.blur),
    ]

    private static func instruction(_ instruction: ImageInstruction) -> Definitions.Value {
        .integer(Int(instruction.rawValue))
    }
}
