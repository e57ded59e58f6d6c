import CPUBackend
import OpenCLBackend
import Tensors

/// The backends that the golden vectors are replayed on.
enum TestBackends {
    /// The CPU backend and one backend for each OpenCL device present.
    static func present() throws -> [any Backend] {
        try [CPUBackend()] + OpenCLDevice.all().map { try OpenCLBackend(device: $0) }
    }
}

extension Backend {
    /// The input tensor `in.name`, on this device.
    func input(_ name: String, of golden: GoldenFile) throws -> Tensor {
        try tensor(golden.input(name))
    }

    /// Copies of the tensors in the host's memory.
    func read(_ tensors: [String: Tensor]) throws -> [String: HostTensor] {
        try tensors.mapValues { try read($0) }
    }
}
