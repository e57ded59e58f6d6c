import Tensors

/// A backend under test.
public struct Subject {
    /// What results call it: `cpu`, `opencl:0`, `opencl:0 direct convolution`.
    public let label: String
    /// The backend.
    public let backend: any Backend
    /// What the command line needs to choose the same: `--device opencl:0`.
    public let commandLineArguments: String

    /// A backend under test.
    ///
    /// - Parameters:
    ///   - label: its device's identifier if nil.
    ///   - commandLineArguments: `--device` and that identifier if nil.
    public init(_ backend: any Backend, label: String? = nil, commandLineArguments: String? = nil) {
        self.backend = backend
        self.label = label ?? backend.device.identifier
        self.commandLineArguments = commandLineArguments ?? "--device \(backend.device.identifier)"
    }
}
