import COpenCL
import CVectorKernels
import Tensors

/// One OpenCL device and what it says of itself.
public struct OpenCLDevice: @unchecked Sendable {  // its ids are constants of the process
    /// What the device is made as.
    public enum Kind: String, Hashable, Sendable {
        case cpu, gpu, accelerator, other
    }

    /// Which family of kernels suits the device.
    public enum Family: String, Hashable, Sendable {
        /// One work-item per work-group, wide vectors, no barriers.
        case cpuLike
        /// Many work-items per work-group, neighbours reading neighbouring addresses, local memory.
        case gpuLike
    }

    /// The position among all devices of all platforms: what `opencl:INDEX` means.
    public let index: Int
    /// The device's name.
    public let name: String
    /// Who makes it.
    public let vendor: String
    /// The name of its platform: the driver's maker.
    public let platform: String
    /// The platform's version, such as `OpenCL 3.0 PoCL 3.1`.
    public let platformVersion: String
    /// The version of OpenCL that the device supports.
    public let version: String
    /// The driver's own version.
    public let driver: String
    /// What it is made as.
    public let kind: Kind
    /// Compute units: cores of a CPU, multiprocessors of a GPU.
    public let computeUnits: Int
    /// The most work-items in a work-group.
    public let maximumWorkGroupSize: Int
    /// The most work-items in a work-group along each dimension.
    public let maximumWorkItemSizes: [Int]
    /// Bytes of local memory for a work-group.
    public let localMemoryBytes: Int
    /// Whether local memory is a memory of its own and not a part of global memory.
    public let hasDedicatedLocalMemory: Bool
    /// Bytes of global memory.
    public internal(set) var memoryBytes: Int
    /// The most bytes of one buffer.
    public internal(set) var maximumAllocationBytes: Int
    /// Names of the extensions.
    public let extensions: Set<String>
    /// Whether `fma` is done by the hardware.
    public let hasFusedMultiplyAdd: Bool
    /// Whether the driver is the Portable Computing Language, OpenCL for CPUs.
    public var isPoCL: Bool { platform == "Portable Computing Language" }
    /// Whether the driver keeps compiled kernels on disk itself, so that asking it for binaries only costs time: PoCL
    /// then compiles every kernel once more, for work-groups of any size.
    var keepsItsOwnBinaries: Bool { isPoCL }
    /// Options with which a program declares the built-in functions itself (Common/BuiltInFunctions.h), where that saves
    /// much. PoCL has its compiler read Clang's opencl-c.h before every program, 18 000 lines, even if it finds the program in
    /// its cache: the name of the file there is the hash of all that text. The header's include guard keeps it out.
    var optionsForOwnDeclarations: String? { isPoCL ? "-D _OPENCL_H_ -D DECLARE_BUILT_IN_FUNCTIONS=1" : nil }
    /// Whether division and square root can be asked to round correctly, as the CPU's do.
    public let roundsDivisionCorrectly: Bool

    /// The first number of an NVIDIA GPU's compute capability; nil for all other devices.
    public let computeCapability: Int?
    /// Whether matrix units multiply numbers of TF32: those of NVIDIA's compute capability 8 and newer.
    var hasTensorFloatUnits: Bool { computeCapability ?? 0 >= 8 }

    /// Whether it has work-groups of so many work-items along the first dimension, and so much local memory for each.
    func runs(workItems: Int, localBytes: Int) -> Bool {
        maximumWorkGroupSize >= workItems && maximumWorkItemSizes.first ?? 1 >= workItems
            && localMemoryBytes >= localBytes
    }

    let identifier: cl_device_id
    let platformIdentifier: cl_platform_id

    /// Which kernels suit it: a CPU, or anything whose local memory is only a name for global memory, is CPU-like. May be
    /// set before a backend is made, to run the other family's kernels, which are slower there but just as right.
    public var family: Family

    /// What a backend on it says it runs on.
    public var deviceDescription: DeviceDescription {
        DeviceDescription(
            identifier: "opencl:\(index)", name: name, driver: "\(platform), \(platformVersion), driver \(driver)",
            computeUnits: computeUnits, memoryBytes: memoryBytes)
    }

    /// One line for a person, as error messages list devices.
    public var summary: String { "opencl:\(index) \(name)" }
}

extension OpenCLDevice {
    /// Asks a device about itself.
    ///
    /// - Throws: `OpenCLError.callFailed` if it refuses one of OpenCL 1.2's queries.
    init(
        _ identifier: cl_device_id, of platformIdentifier: cl_platform_id, index: Int, library: OpenCLLibrary
    ) throws {
        let query = DeviceQuery(library: library, device: identifier)
        let platformQuery = PlatformQuery(library: library, platform: platformIdentifier)
        self.identifier = identifier
        self.platformIdentifier = platformIdentifier
        self.index = index
        name = try query.text(CL_DEVICE_NAME)
        vendor = try query.text(CL_DEVICE_VENDOR)
        version = try query.text(CL_DEVICE_VERSION)
        driver = try query.text(CL_DRIVER_VERSION)
        platform = try platformQuery.text(CL_PLATFORM_NAME)
        platformVersion = try platformQuery.text(CL_PLATFORM_VERSION)
        let type = try query.value(CL_DEVICE_TYPE, as: cl_device_type.self)
        kind =
            switch type {
            case _ where type & cl_device_type(CL_DEVICE_TYPE_CPU) != 0: .cpu
            case _ where type & cl_device_type(CL_DEVICE_TYPE_GPU) != 0: .gpu
            case _ where type & cl_device_type(CL_DEVICE_TYPE_ACCELERATOR) != 0: .accelerator
            default: .other
            }
        computeUnits = Int(try query.value(CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self))
        maximumWorkGroupSize = try query.value(CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
        maximumWorkItemSizes = try query.values(CL_DEVICE_MAX_WORK_ITEM_SIZES, as: Int.self)
        localMemoryBytes = Int(clamping: try query.value(CL_DEVICE_LOCAL_MEM_SIZE, as: cl_ulong.self))
        hasDedicatedLocalMemory =
            try query.value(CL_DEVICE_LOCAL_MEM_TYPE, as: cl_device_local_mem_type.self)
            == cl_device_local_mem_type(CL_LOCAL)
        family = kind == .cpu || !hasDedicatedLocalMemory ? .cpuLike : .gpuLike
        memoryBytes = Int(clamping: try query.value(CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self))
        maximumAllocationBytes = Int(clamping: try query.value(CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self))
        extensions = Set(try query.text(CL_DEVICE_EXTENSIONS).split(separator: " ").map(String.init))
        // CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV of cl_nv_device_attribute_query.
        computeCapability =
            extensions.contains("cl_nv_device_attribute_query")
            ? (try? query.value(0x4000, as: cl_uint.self)).map(Int.init) : nil
        let arithmetic = try query.value(CL_DEVICE_SINGLE_FP_CONFIG, as: cl_device_fp_config.self)
        // Intel's runtime for CPUs leaves the flag out, on processors that have the instruction, too.
        hasFusedMultiplyAdd =
            arithmetic & cl_device_fp_config(CL_FP_FMA) != 0 || kind == .cpu && processorHasFusedMultiplyAdd()
        roundsDivisionCorrectly =
            arithmetic & cl_device_fp_config(CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0
    }

    /// Whether the device is there, compiles kernels, and keeps numbers in this machine's byte order.
    static func isUsable(_ identifier: cl_device_id, library: OpenCLLibrary) -> Bool {
        let query = DeviceQuery(library: library, device: identifier)
        return [CL_DEVICE_AVAILABLE, CL_DEVICE_COMPILER_AVAILABLE, CL_DEVICE_ENDIAN_LITTLE].allSatisfy {
            (try? query.value($0, as: cl_bool.self)) == cl_bool(CL_TRUE)
        }
    }
}

/// Typed answers of `clGetDeviceInfo`.
private struct DeviceQuery {
    let library: OpenCLLibrary
    let device: cl_device_id

    func value<Value: FixedWidthInteger>(_ name: Int32, as type: Value.Type) throws -> Value {
        var value: Value = 0
        try check(
            library.clGetDeviceInfo(device, cl_device_info(name), MemoryLayout<Value>.size, &value, nil), name)
        return value
    }

    func values<Value: FixedWidthInteger>(_ name: Int32, as type: Value.Type) throws -> [Value] {
        var size = 0
        try check(library.clGetDeviceInfo(device, cl_device_info(name), 0, nil, &size), name)
        var values = [Value](repeating: 0, count: size / MemoryLayout<Value>.stride)
        try check(library.clGetDeviceInfo(device, cl_device_info(name), size, &values, nil), name)
        return values
    }

    func text(_ name: Int32) throws -> String {
        InformationText.decode(try values(name, as: UInt8.self))
    }

    private func check(_ code: cl_int, _ name: Int32) throws {
        try OpenCLError.check(code, "clGetDeviceInfo(0x\(String(name, radix: 16)))")
    }
}

/// Texts of `clGetPlatformInfo`.
private struct PlatformQuery {
    let library: OpenCLLibrary
    let platform: cl_platform_id

    func text(_ name: Int32) throws -> String {
        var size = 0
        try check(library.clGetPlatformInfo(platform, cl_platform_info(name), 0, nil, &size), name)
        var bytes = [UInt8](repeating: 0, count: size)
        try check(library.clGetPlatformInfo(platform, cl_platform_info(name), size, &bytes, nil), name)
        return InformationText.decode(bytes)
    }

    private func check(_ code: cl_int, _ name: Int32) throws {
        try OpenCLError.check(code, "clGetPlatformInfo(0x\(String(name, radix: 16)))")
    }
}

/// Texts that OpenCL hands out end with a zero byte, and some drivers pad names with blanks.
enum InformationText {
    static func decode(_ bytes: [UInt8]) -> String {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        let text = bytes.prefix { $0 != 0 }.drop { blanks.contains($0) }
        let end = text.lastIndex { !blanks.contains($0) }.map { $0 + 1 } ?? text.startIndex
        return String(decoding: text[..<end], as: UTF8.self)
    }
}
