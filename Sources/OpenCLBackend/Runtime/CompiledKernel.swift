/// A kernel that a backend has compiled, with all that the compiler was given: what Tools/gpu-offline compiles again for
/// devices that are not there.
package struct CompiledKernel: Hashable, Sendable {
    /// The kernel's name.
    package let name: String
    /// The program that holds it: its file inside `Kernels/`, or the name of one made of several files.
    package let program: String
    /// The macros of this variant: `-D TILE=64`.
    package let definitions: [String]
    /// The program's whole text, what it includes put in its place.
    package let source: String
    /// All options, the definitions among them.
    package let options: [String]
    /// Work-items of a work-group along each dimension, at its first launch; nil if the device chose.
    package let workGroup: [Int]?
}

extension OpenCLBackend {
    /// Every kernel that has been launched, sorted by program, name and macros.
    ///
    /// - Throws: `OpenCLError.kernelFileNotFound` if a file has gone since.
    package func compiledKernels() throws -> [CompiledKernel] {
        try programs.compiledKernels().sorted {
            ($0.program, $0.name, $0.definitions.joined()) < ($1.program, $1.name, $1.definitions.joined())
        }
    }
}
