import CCLBlast
import Foundation

/// The functions of libclblast that the backend calls, found at run time.
struct CLBlastLibrary: @unchecked Sendable {  // constants
    /// The installed library, or why there is none.
    static let shared = Result {
        try CLBlastLibrary(DynamicLibrary(anyOf: ["libclblast.so.1", "libclblast.so"]))
    }

    /// `CLBlastSgemm`: `c = alpha · op(a) · op(b) + beta · c`.
    let singlePrecisionGemm:
        @convention(c) (
            CLBlastLayout, CLBlastTranspose, CLBlastTranspose, Int, Int, Int, Float, cl_mem?, Int, Int, cl_mem?, Int,
            Int, Float, cl_mem?, Int, Int, UnsafeMutablePointer<cl_command_queue?>?, UnsafeMutablePointer<cl_event?>?
        ) -> CLBlastStatusCode

    /// `CLBlastOverrideParameters`: what a kernel is compiled with from now on, on a device and in a precision.
    private let overrideParameters:
        @convention(c) (
            cl_device_id?, UnsafePointer<CChar>?, CLBlastPrecision, Int,
            UnsafeMutablePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int>?
        ) -> CLBlastStatusCode

    private init(_ library: DynamicLibrary) throws {
        singlePrecisionGemm = try library.function("CLBlastSgemm")
        overrideParameters = try library.function("CLBlastOverrideParameters")
    }

    /// Sets all parameters of a kernel in single precision.
    ///
    /// - Throws: `CLBlastError`, also if the kernel has parameters that are not given.
    func setParameters(
        _ parameters: KeyValuePairs<String, Int>, ofKernel kernel: String, on device: OpenCLDevice
    ) throws {
        let copies = parameters.map { strdup($0.key) }
        defer { copies.forEach { free($0) } }
        var names = copies.map { UnsafePointer<CChar>($0) }
        let code = overrideParameters(
            device.identifier, kernel, CLBlastPrecisionSingle, names.count, &names, parameters.map(\.value))
        try CLBlastError.check(code.rawValue, "CLBlastOverrideParameters", on: device)
    }
}

/// A call of CLBlast that failed.
public struct CLBlastError: Error, Equatable, Sendable {
    /// The function.
    public let call: String
    /// What it returned.
    public let code: Int32
    /// The device's name.
    public let device: String

    /// - Throws: the error, unless the status tells success.
    static func check(_ code: Int32, _ call: String, on device: OpenCLDevice) throws {
        guard code == CLBlastSuccess.rawValue else {
            throw CLBlastError(call: call, code: code, device: device.name)
        }
    }
}

extension CLBlastError: LocalizedError, CustomStringConvertible {
    /// What happened and what to do next, for a person.
    public var description: String {
        "\(call) failed with \(codeName) on \(device); without libclblast.so.1 the program uses its own kernel"
    }

    /// The same text, for Foundation.
    public var errorDescription: String? { description }

    /// The status by the name that CLBlast's documentation uses. Codes that are OpenCL's own keep OpenCL's name.
    private var codeName: String {
        switch CLBlastStatusCode(code) {
        case CLBlastNotImplemented: "NotImplemented"
        case CLBlastInvalidMatrixA: "InvalidMatrixA"
        case CLBlastInvalidMatrixB: "InvalidMatrixB"
        case CLBlastInvalidMatrixC: "InvalidMatrixC"
        case CLBlastInvalidLeadDimA: "InvalidLeadDimA"
        case CLBlastInvalidLeadDimB: "InvalidLeadDimB"
        case CLBlastInvalidLeadDimC: "InvalidLeadDimC"
        case CLBlastInsufficientMemoryA: "InsufficientMemoryA"
        case CLBlastInsufficientMemoryB: "InsufficientMemoryB"
        case CLBlastInsufficientMemoryC: "InsufficientMemoryC"
        case CLBlastInsufficientMemoryTemp: "InsufficientMemoryTemp"
        case CLBlastInvalidLocalThreadsTotal: "InvalidLocalThreadsTotal"
        case CLBlastInvalidLocalThreadsDim: "InvalidLocalThreadsDim"
        case CLBlastInvalidLocalMemUsage: "InvalidLocalMemUsage"
        case CLBlastInvalidLocalNumDimensions: "InvalidLocalNumDimensions"
        case CLBlastInvalidOverrideKernel: "InvalidOverrideKernel"
        case CLBlastMissingOverrideParameter: "MissingOverrideParameter"
        case CLBlastDatabaseError: "DatabaseError"
        case CLBlastUnexpectedError: "UnexpectedError"
        default: openCLErrorName(code)
        }
    }
}
