import COpenCL
import Foundation

/// The functions of libOpenCL that the backend calls, found at run time. All are of OpenCL 1.2.
struct OpenCLLibrary: @unchecked Sendable {  // constants; OpenCL's functions may be called from any thread
    /// The installed library, or why there is none.
    static let shared = Result {
        // Intel's runtime for CPUs gives a work-group 256 KiB of local memory unless it is told otherwise. Local memory is
        // plain memory there, and Winograd's blocks want more. What the user has set stays.
        setenv("CL_CONFIG_CPU_FORCE_LOCAL_MEM_SIZE", "1MB", 0)
        return try OpenCLLibrary(DynamicLibrary(anyOf: ["libOpenCL.so.1", "libOpenCL.so"]))
    }

    typealias Release = @convention(c) (OpaquePointer?) -> cl_int
    typealias EventList = UnsafePointer<cl_event?>
    typealias NewEvent = UnsafeMutablePointer<cl_event?>
    typealias ErrorCode = UnsafeMutablePointer<cl_int>

    // MARK: Platforms and devices
    let clGetPlatformIDs:
        @convention(c) (cl_uint, UnsafeMutablePointer<cl_platform_id?>?, UnsafeMutablePointer<cl_uint>?) -> cl_int
    let clGetPlatformInfo:
        @convention(c) (cl_platform_id?, cl_platform_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?)
            -> cl_int
    let clGetDeviceIDs:
        @convention(c) (
            cl_platform_id?, cl_device_type, cl_uint, UnsafeMutablePointer<cl_device_id?>?,
            UnsafeMutablePointer<cl_uint>?
        ) -> cl_int
    let clGetDeviceInfo:
        @convention(c) (cl_device_id?, cl_device_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?)
            -> cl_int

    // MARK: Contexts and queues
    let clCreateContext:
        @convention(c) (
            UnsafePointer<cl_context_properties>?, cl_uint, UnsafePointer<cl_device_id?>?,
            (@convention(c) (UnsafePointer<CChar>?, UnsafeRawPointer?, Int, UnsafeMutableRawPointer?) -> Void)?,
            UnsafeMutableRawPointer?, ErrorCode?
        ) -> cl_context?
    let clReleaseContext: Release
    let clCreateCommandQueue:
        @convention(c) (cl_context?, cl_device_id?, cl_command_queue_properties, ErrorCode?) -> cl_command_queue?
    let clReleaseCommandQueue: Release
    let clFlush: @convention(c) (cl_command_queue?) -> cl_int
    let clFinish: @convention(c) (cl_command_queue?) -> cl_int

    // MARK: Memory
    let clCreateBuffer: @convention(c) (cl_context?, cl_mem_flags, Int, UnsafeMutableRawPointer?, ErrorCode?) -> cl_mem?
    let clReleaseMemObject: Release
    let clEnqueueReadBuffer:
        @convention(c) (
            cl_command_queue?, cl_mem?, cl_bool, Int, Int, UnsafeMutableRawPointer?, cl_uint, EventList?, NewEvent?
        ) -> cl_int
    let clEnqueueWriteBuffer:
        @convention(c) (
            cl_command_queue?, cl_mem?, cl_bool, Int, Int, UnsafeRawPointer?, cl_uint, EventList?, NewEvent?
        ) -> cl_int

    // MARK: Events
    let clGetEventInfo:
        @convention(c) (cl_event?, cl_event_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> cl_int
    let clGetEventProfilingInfo:
        @convention(c) (cl_event?, cl_profiling_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) ->
            cl_int
    let clWaitForEvents: @convention(c) (cl_uint, EventList?) -> cl_int
    let clReleaseEvent: Release

    // MARK: Programs and kernels
    let clCreateProgramWithSource:
        @convention(c) (
            cl_context?, cl_uint, UnsafeMutablePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int>?, ErrorCode?
        ) -> cl_program?
    let clCreateProgramWithBinary:
        @convention(c) (
            cl_context?, cl_uint, UnsafePointer<cl_device_id?>?, UnsafePointer<Int>?,
            UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<cl_int>?, ErrorCode?
        ) -> cl_program?
    let clBuildProgram:
        @convention(c) (
            cl_program?, cl_uint, UnsafePointer<cl_device_id?>?, UnsafePointer<CChar>?,
            (@convention(c) (cl_program?, UnsafeMutableRawPointer?) -> Void)?, UnsafeMutableRawPointer?
        ) -> cl_int
    let clGetProgramInfo:
        @convention(c) (cl_program?, cl_program_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?)
            -> cl_int
    let clGetProgramBuildInfo:
        @convention(c) (
            cl_program?, cl_device_id?, cl_program_build_info, Int, UnsafeMutableRawPointer?,
            UnsafeMutablePointer<Int>?
        ) -> cl_int
    let clReleaseProgram: Release
    let clCreateKernel: @convention(c) (cl_program?, UnsafePointer<CChar>?, ErrorCode?) -> cl_kernel?
    let clReleaseKernel: Release
    let clSetKernelArg: @convention(c) (cl_kernel?, cl_uint, Int, UnsafeRawPointer?) -> cl_int
    let clGetKernelInfo:
        @convention(c) (cl_kernel?, cl_kernel_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?)
            -> cl_int
    let clEnqueueNDRangeKernel:
        @convention(c) (
            cl_command_queue?, cl_kernel?, cl_uint, UnsafePointer<Int>?, UnsafePointer<Int>?, UnsafePointer<Int>?,
            cl_uint, EventList?, NewEvent?
        ) -> cl_int

    private init(_ library: DynamicLibrary) throws {
        clGetPlatformIDs = try library.function("clGetPlatformIDs")
        clGetPlatformInfo = try library.function("clGetPlatformInfo")
        clGetDeviceIDs = try library.function("clGetDeviceIDs")
        clGetDeviceInfo = try library.function("clGetDeviceInfo")
        clCreateContext = try library.function("clCreateContext")
        clReleaseContext = try library.function("clReleaseContext")
        clCreateCommandQueue = try library.function("clCreateCommandQueue")
        clReleaseCommandQueue = try library.function("clReleaseCommandQueue")
        clFlush = try library.function("clFlush")
        clFinish = try library.function("clFinish")
        clCreateBuffer = try library.function("clCreateBuffer")
        clReleaseMemObject = try library.function("clReleaseMemObject")
        clEnqueueReadBuffer = try library.function("clEnqueueReadBuffer")
        clEnqueueWriteBuffer = try library.function("clEnqueueWriteBuffer")
        clGetEventInfo = try library.function("clGetEventInfo")
        clGetEventProfilingInfo = try library.function("clGetEventProfilingInfo")
        clWaitForEvents = try library.function("clWaitForEvents")
        clReleaseEvent = try library.function("clReleaseEvent")
        clCreateProgramWithSource = try library.function("clCreateProgramWithSource")
        clCreateProgramWithBinary = try library.function("clCreateProgramWithBinary")
        clBuildProgram = try library.function("clBuildProgram")
        clGetProgramInfo = try library.function("clGetProgramInfo")
        clGetProgramBuildInfo = try library.function("clGetProgramBuildInfo")
        clReleaseProgram = try library.function("clReleaseProgram")
        clCreateKernel = try library.function("clCreateKernel")
        clReleaseKernel = try library.function("clReleaseKernel")
        clSetKernelArg = try library.function("clSetKernelArg")
        clGetKernelInfo = try library.function("clGetKernelInfo")
        clEnqueueNDRangeKernel = try library.function("clEnqueueNDRangeKernel")
    }
}
