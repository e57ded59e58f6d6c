import CCLBlast
import Tensors

/// Matrix products on GPU-like devices by CLBlast, where it is installed. On CPU-like devices its kernels reach one or
/// two hundredths of the peak and take ten seconds to compile.
struct CLBlastProduct: Implementation {
    /// What the names of all of these begin with.
    static let baseName = "clblast"
    /// The names of those with parameters that are not CLBlast's own.
    static let namesWithParameters = [CLBlastParameters.smallTiles, .largeTiles].map { baseName + $0.name }

    /// Nil for those that CLBlast has for the device.
    var parameters: CLBlastParameters?

    var name: String { Self.baseName + (parameters?.name ?? "") }
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: GemmProblem, on device: OpenCLDevice) -> Bool {
        problem.k > 0 && (try? CLBlastLibrary.shared.get()) != nil
    }

    func enqueue(_ problem: GemmProblem, _ operands: GemmOperands, on backend: OpenCLBackend) throws {
        func memory(_ tensor: Tensor) throws -> cl_mem {
            try backend.buffer(of: tensor, operation: "gemm").memory.object
        }
        var queue: cl_command_queue? = backend.context.queue
        let (a, b, c) = (try memory(operands.a), try memory(operands.b), try memory(operands.c))
        let library = try CLBlastLibrary.shared.get()
        func enqueue(_ event: OpenCLLibrary.NewEvent?) -> cl_int {
            library.singlePrecisionGemm(
                CLBlastLayoutRowMajor, problem.transposeA ? CLBlastTransposeYes : CLBlastTransposeNo,
                problem.transposeB ? CLBlastTransposeYes : CLBlastTransposeNo, problem.m, problem.n, problem.k,
                operands.alpha, a, operands.a.offset, operands.a.shape[1], b, operands.b.offset, operands.b.shape[1],
                operands.beta, c, operands.c.offset, operands.c.shape[1], &queue, event
            ).rawValue
        }
        try CLBlastParameters.using(parameters, of: library, on: backend.hardware) {
            let code = backend.profiler?.record(kernel: "CLBlastSgemm", of: { "" }, enqueue) ?? enqueue(nil)
            try CLBlastError.check(code, "CLBlastSgemm", on: backend.hardware)
        }
        backend.launches += 1
    }
}
