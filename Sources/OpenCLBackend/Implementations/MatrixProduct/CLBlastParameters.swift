import CCLBlast
import Synchronization
import Tensors

/// Sizes with which CLBlast compiles its kernels for matrix products: rows and columns of a work-group's tile, work-items
/// along them, elements of a vector. The names are CLBlast's own (its doc/tuning.md).
///
/// CLBlast 1.5 keeps one set of parameters for a device and a kernel in the whole process. Its own come from a table of
/// devices that it brings along. Setting others takes about a millisecond for a kernel, and the next product compiles if
/// these were not used before; programs for other parameters stay, so that one can go back and forth without compiling.
/// Only CLBlast's own cannot be had again: it has no function that tells or restores them.
struct CLBlastParameters: Sendable {
    typealias Values = KeyValuePairs<String, Int>

    /// What distinguishes the set, for the name of its implementation.
    let name: String
    /// For small products, in one kernel.
    let direct: Values
    /// For large products, after kernels that bring the matrices into shape. From which size on is CLBlast's decision.
    let indirect: Values

    /// Little local memory, work-groups of 64: for small devices, and products of few rows.
    static let smallTiles = CLBlastParameters(
        name: "SmallTiles",
        direct: [
            "WGD": 8, "MDIMCD": 8, "NDIMCD": 8, "MDIMAD": 8, "NDIMBD": 8, "KWID": 2, "VWMD": 1, "VWND": 1, "PADA": 1,
            "PADB": 1,
        ],
        indirect: [
            "MWG": 32, "NWG": 32, "KWG": 16, "MDIMC": 8, "NDIMC": 8, "MDIMA": 8, "NDIMB": 8, "KWI": 2, "VWM": 2,
            "VWN": 2, "STRM": 0, "STRN": 0, "SA": 1, "SB": 1, "GEMMK": 0, "KREG": 1,
        ])

    /// More multiplications for each element read: for large devices and products.
    static let largeTiles = CLBlastParameters(
        name: "LargeTiles",
        direct: [
            "WGD": 32, "MDIMCD": 8, "NDIMCD": 8, "MDIMAD": 8, "NDIMBD": 8, "KWID": 2, "VWMD": 4, "VWND": 4, "PADA": 1,
            "PADB": 1,
        ],
        indirect: [
            "MWG": 64, "NWG": 64, "KWG": 32, "MDIMC": 16, "NDIMC": 16, "MDIMA": 16, "NDIMB": 16, "KWI": 2, "VWM": 4,
            "VWN": 4, "STRM": 0, "STRN": 0, "SA": 1, "SB": 1, "GEMMK": 0, "KREG": 1,
        ])

    /// By device, the name of the set that was used last; none while CLBlast uses its own.
    private static let inForce = Mutex<[Int: String]>([:])

    /// Calls `body` while CLBlast uses a set of parameters on the device, and no other thread another.
    ///
    /// - Parameter parameters: nil for CLBlast's own.
    /// - Throws: `TensorError.unsupported` if its own are asked for after others; `CLBlastError`; what `body` throws.
    static func using(
        _ parameters: CLBlastParameters?, of library: CLBlastLibrary, on device: OpenCLDevice,
        _ body: () throws -> Void
    ) throws {
        let key = Int(bitPattern: device.identifier)
        try inForce.withLock { inForce in
            if inForce[key] != parameters?.name {
                guard let parameters else {
                    throw TensorError.unsupported(
                        operation: "gemm",
                        problem:
                            "CLBlast's own parameters, after others in the same process: tuned choices must not mix "
                            + "them; run equipoise tune again",
                        device: device.name)
                }
                // Neither set holds until both kernels have theirs.
                inForce[key] = ""
                try library.setParameters(parameters.direct, ofKernel: "XgemmDirect", on: device)
                try library.setParameters(parameters.indirect, ofKernel: "Xgemm", on: device)
                inForce[key] = parameters.name
            }
            try body()
        }
    }
}
