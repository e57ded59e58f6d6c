import Tensors

/// How a tensor lies in files, where parameters keep PyTorch's names and layouts.
public enum FileLayout: Hashable, Sendable {
    /// As on the device.
    case same
    /// A convolution's filter: `[R, S, Cin, Cout]` on the device, `[Cout, Cin, R, S]` in files.
    case filter

    /// The shape in files of a tensor of `shape` on the device.
    func fileShape(of shape: Shape) -> Shape {
        switch self {
        case .same: shape
        case .filter: [shape[3], shape[2], shape[0], shape[1]]
        }
    }

    /// The elements in the order of files, given in the device's order.
    func fileOrder(_ values: [Float], shape: Shape) -> [Float] {
        guard self == .filter else { return values }
        var result = values
        Self.forEachFilterElement(shape) { device, file in result[file] = values[device] }
        return result
    }

    /// The elements in the device's order, given in the order of files.
    func deviceOrder(_ values: [Float], shape: Shape) -> [Float] {
        guard self == .filter else { return values }
        var result = values
        Self.forEachFilterElement(shape) { device, file in result[device] = values[file] }
        return result
    }

    /// Where each element of a filter lies, on the device and in the file.
    private static func forEachFilterElement(_ shape: Shape, _ body: (_ device: Int, _ file: Int) -> Void) {
        let (window, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3])
        for output in 0..<outputs {
            for input in 0..<inputs {
                for position in 0..<window {
                    body((position * inputs + input) * outputs + output, (output * inputs + input) * window + position)
                }
            }
        }
    }
}
