import Tensors

extension CPUBackend {
    /// One program after another on each core.
    public func imageViews(of images: Tensor, programs: ImagePrograms, values: Tensor) throws -> Tensor {
        let operation = begin("imageViews")
        let shape = try programs.viewShape(of: images, values: values, operation: operation)
        let pixels = UnsafePointer(try address(of: images, operation).assumingMemoryBound(to: UInt8.self))
        let table = try floats(values, "the table of values", operation)
        let (output, y) = try makeFloats(shape)
        let sourceLength = programs.sourceSize.area * programs.channels
        let length = programs.viewSize.area * programs.channels
        programs.words.withUnsafeBufferPointer { words in
            guard let words = words.baseAddress else { return }
            Parallel.forEachRowRange(of: programs.count, columns: length) { views in
                ImageInterpreter.withWorkspace(for: programs) { interpreter in
                    for view in views {
                        let program = words + programs.starts[view]
                        let made = interpreter.run(program + 1, on: pixels + Int(program[0]) * sourceLength)
                        for channel in 0..<programs.channels {
                            for i in stride(from: channel, to: length, by: programs.channels) {
                                y[view * length + i] = table[256 * channel + Int(made[i])]
                            }
                        }
                    }
                }
            }
        }
        return output
    }
}
