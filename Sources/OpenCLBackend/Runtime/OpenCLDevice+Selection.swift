import COpenCL

extension OpenCLDevice {
    /// Every usable device of every platform, in the order in which OpenCL lists them; empty where OpenCL is not
    /// installed. Platforms without devices and devices that do not answer are passed over.
    public static func all() -> [OpenCLDevice] {
        guard let library = try? OpenCLLibrary.shared.get() else { return [] }
        var devices: [OpenCLDevice] = []
        for platform in platforms(library) {
            for identifier in identifiers(of: platform, library)
            where OpenCLDevice.isUsable(identifier, library: library) {
                let device = try? OpenCLDevice(identifier, of: platform, index: devices.count, library: library)
                if let device { devices.append(device) }
            }
        }
        return devices
    }

    /// The device that a person asked for: by index (`0`), by a part of its name (`radeon`), or of its platform's if no
    /// device is called so (`portable`), upper or lower case. Of several whose names fit, the first.
    ///
    /// - Throws: `OpenCLError.libraryUnavailable` where OpenCL is not installed, else `OpenCLError.deviceNotFound`, which
    ///   names the devices there are.
    public static func select(_ request: String) throws -> OpenCLDevice {
        _ = try OpenCLLibrary.shared.get()
        return try select(request, among: all())
    }

    static func select(_ request: String, among devices: [OpenCLDevice]) throws -> OpenCLDevice {
        let wanted = request.lowercased()
        let found: OpenCLDevice? =
            if let index = Int(request) {
                devices.first { $0.index == index }
            } else if wanted.isEmpty {
                nil
            } else {
                devices.first { $0.name.lowercased().contains(wanted) }
                    ?? devices.first { $0.platform.lowercased().contains(wanted) }
            }
        guard let found else {
            throw OpenCLError.deviceNotFound(request: request, available: devices.map(\.summary))
        }
        return found
    }

    private static func platforms(_ library: OpenCLLibrary) -> [cl_platform_id] {
        var count: cl_uint = 0
        // Without any platform the loader answers CL_PLATFORM_NOT_FOUND_KHR, which is no failure here.
        guard library.clGetPlatformIDs(0, nil, &count) == CL_SUCCESS, count > 0 else { return [] }
        var platforms = [cl_platform_id?](repeating: nil, count: Int(count))
        guard library.clGetPlatformIDs(count, &platforms, nil) == CL_SUCCESS else { return [] }
        return platforms.compactMap { $0 }
    }

    private static func identifiers(of platform: cl_platform_id, _ library: OpenCLLibrary) -> [cl_device_id] {
        let everyType = cl_device_type(CL_DEVICE_TYPE_ALL)
        var count: cl_uint = 0
        guard library.clGetDeviceIDs(platform, everyType, 0, nil, &count) == CL_SUCCESS, count > 0 else { return [] }
        var identifiers = [cl_device_id?](repeating: nil, count: Int(count))
        guard library.clGetDeviceIDs(platform, everyType, count, &identifiers, nil) == CL_SUCCESS else { return [] }
        return identifiers.compactMap { $0 }
    }
}
