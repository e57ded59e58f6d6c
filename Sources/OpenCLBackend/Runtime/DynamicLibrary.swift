import Foundation

/// A shared library opened while the program runs, so that the program also starts where it is not installed.
/// Never closed: drivers keep threads running in their own code.
struct DynamicLibrary: @unchecked Sendable {  // the handle is a process-wide constant
    /// The name under which it was found.
    let name: String
    private let handle: UnsafeMutableRawPointer

    /// Opens the first of `names` that the system's loader finds.
    ///
    /// - Throws: `OpenCLError.libraryUnavailable`.
    init(anyOf names: [String]) throws {
        var reason = "no name to try"
        for name in names {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self.name = name
                self.handle = handle
                return
            }
            reason = dlerror().map { String(cString: $0) } ?? "the loader gave no reason"
        }
        throw OpenCLError.libraryUnavailable(names: names, reason: reason)
    }

    /// The function called `symbol`. `Function` must be the C function type that the library's header declares.
    ///
    /// - Throws: `OpenCLError.libraryUnavailable` if the library has no such function.
    func function<Function>(_ symbol: String) throws -> Function {
        guard let address = dlsym(handle, symbol) else {
            throw OpenCLError.libraryUnavailable(names: [name], reason: "it has no function \(symbol)")
        }
        return unsafeBitCast(address, to: Function.self)
    }
}
