import Foundation
import Tensors
import XCTest

@testable import OpenCLBackend

/// The runtime beneath the operations: devices, memory, programs, launches.
final class OpenCLRuntimeTests: XCTestCase {
    private var folder = URL(fileURLWithPath: NSTemporaryDirectory())
        .appendingPathComponent("equipoise-runtime-\(UUID().uuidString)")

    override func setUpWithError() throws {
        try XCTSkipIf(OpenCLDevice.all().isEmpty, "no OpenCL device here")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try? FileManager.default.removeItem(at: folder)
    }

    private func makeBackend() throws -> OpenCLBackend {
        try OpenCLBackend(device: try XCTUnwrap(OpenCLDevice.all().first))
    }

    /// A backend that compiles the given files and keeps programs in the test's folder.
    private func makeBackend(kernels: [String: String], cache: String = "cache") throws -> OpenCLBackend {
        let sources = folder.appendingPathComponent("kernels")
        for (path, text) in ["Common/Prelude.h": ""].merging(kernels, uniquingKeysWith: { $1 }) {
            let file = sources.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try OpenCLBackend(
            device: try XCTUnwrap(OpenCLDevice.all().first), sources: KernelSources(folder: sources),
            binaries: BinaryCache(folder: folder.appendingPathComponent(cache)))
    }

    // MARK: Devices

    func testADeviceIsFoundByIndexAndByAPartOfItsName() throws {
        let devices = OpenCLDevice.all()
        XCTAssertEqual(devices.map(\.index), Array(0..<devices.count))
        let first = try XCTUnwrap(devices.first)
        XCTAssertEqual(try OpenCLDevice.select("0").name, first.name)
        XCTAssertEqual(try OpenCLDevice.select(String(first.name.uppercased().prefix(6))).index, 0)
        if !devices.contains(where: { $0.name.lowercased().contains(first.platform.lowercased()) }) {
            XCTAssertEqual(try OpenCLDevice.select(first.platform.uppercased()).index, 0)
        }
    }

    func testAnUnknownDeviceIsAnErrorThatNamesTheOthers() throws {
        for request in ["99", "no such device", "-1", ""] {
            XCTAssertThrowsError(try OpenCLDevice.select(request)) { error in
                XCTAssertEqual(
                    error as? OpenCLError,
                    .deviceNotFound(request: request, available: OpenCLDevice.all().map(\.summary)))
                XCTAssertTrue("\(error)".contains("opencl:0"), "\(error)")
            }
        }
    }

    func testAMissingLibraryIsATypedError() {
        XCTAssertThrowsError(try DynamicLibrary(anyOf: ["libNoSuchOpenCL.so.1"])) { error in
            guard case OpenCLError.libraryUnavailable(let names, _) = error else { return XCTFail("\(error)") }
            XCTAssertEqual(names, ["libNoSuchOpenCL.so.1"])
        }
    }

    // MARK: Memory

    func testBytesComeBackAsTheyWereWritten() throws {
        let backend = try makeBackend()
        let values = (0..<1000).map { Float($0) * 0.5 }
        let tensor = try backend.tensor(values, [10, 100])
        XCTAssertEqual(try backend.read(tensor).floats, values)
        XCTAssertEqual(try backend.read(tensor.slice(3..<5)).floats, Array(values[300..<500]))
    }

    func testManyWritesIntoOneTensorArriveInOrder() throws {
        let backend = try makeBackend()
        let tensor = try backend.makeTensor([1 << 16], .float32)
        let copies = try (0..<40).map { step in
            try [Float](repeating: Float(step), count: tensor.count).withUnsafeBytes {
                try backend.write($0, into: tensor)
            }
            let copy = try backend.makeTensor([tensor.count], .float32)
            try backend.copy(tensor, into: copy)
            return copy
        }
        for (step, copy) in copies.enumerated() {
            XCTAssertEqual(Set(try backend.read(copy).floats), [Float(step)])
        }
    }

    func testARepeatedSequenceAllocatesNothingNew() throws {
        let backend = try makeBackend()
        func step() throws {
            let first = try backend.tensor(repeating: 1, [300, 7])
            let second = try backend.tensor(repeating: 2, [41])
            let third = try backend.makeTensor([300, 7], .float32)
            try backend.copy(first, into: third)
            XCTAssertEqual(try backend.read(second).floats.reduce(0, +), 82)
        }
        try step()
        let allocations = backend.statistics.allocations
        let bytes = backend.statistics.peakBytes
        for _ in 0..<20 { try step() }
        XCTAssertEqual(backend.statistics.allocations, allocations)
        XCTAssertEqual(backend.statistics.peakBytes, bytes)
    }

    func testMoreThanTheDeviceHasIsOutOfMemory() throws {
        let backend = try makeBackend()
        XCTAssertThrowsError(try backend.makeTensor([1 << 20, 1 << 20], .float32)) { error in
            guard case TensorError.outOfMemory(let needed, let available, _, let advice) = error else {
                return XCTFail("\(error)")
            }
            XCTAssertEqual(needed, 1 << 42)
            XCTAssertGreaterThan(available, 0)
            XCTAssertTrue(advice.contains("smaller batch"), advice)
        }
        XCTAssertThrowsError(try backend.makeTensor([.max], .float32)) { error in
            guard case TensorError.outOfMemory = error else { return XCTFail("\(error)") }
        }
    }

    func testPooledBuffersAreGivenBackBeforeMemoryRunsOut() throws {
        var device = try XCTUnwrap(OpenCLDevice.all().first)
        device.memoryBytes = 10 << 20
        device.maximumAllocationBytes = 8 << 20
        let backend = try OpenCLBackend(device: device)
        for megabytes in 1...8 {
            let tensor = try backend.tensor(repeating: Float(megabytes), [megabytes << 18])
            XCTAssertEqual(try backend.read(tensor.view(at: tensor.count - 1, shape: [1])).floats, [Float(megabytes)])
        }
        XCTAssertLessThanOrEqual(backend.statistics.peakBytes, 10 << 20)
        let held = try backend.makeTensor([7 << 18], .float32)
        XCTAssertThrowsError(try backend.makeTensor([4 << 18], .float32)) { error in
            guard case TensorError.outOfMemory(let needed, let available, _, _) = error else {
                return XCTFail("\(error)")
            }
            XCTAssertEqual(needed, 4 << 20)
            XCTAssertEqual(available, (10 << 20) - held.byteCount)
        }
    }

    func testEmptyTensorsAreTensors() throws {
        let backend = try makeBackend()
        let empty = try backend.tensor([Float](), [0, 5])
        try backend.fill(empty, with: 1)
        try backend.copy(empty, into: backend.makeTensor([0, 5], .float32))
        XCTAssertEqual(try backend.read(empty), try HostTensor([Float](), shape: [0, 5]))
    }

    func testFillConvertsToTheElementType() throws {
        let backend = try makeBackend()
        let integers = try backend.makeTensor([5000], .int32)
        try backend.fill(integers, with: -3)
        XCTAssertEqual(Set(try backend.read(integers).integers()), [-3])
        let bytes = try backend.makeTensor([5001], .uint8)
        try backend.fill(bytes, with: 255)
        XCTAssertEqual(Set(try backend.read(bytes).bytes), [255])
    }

    func testATensorOfAnotherBackendIsRefused() throws {
        let (here, there) = (try makeBackend(), try makeBackend())
        let foreign = try there.tensor(repeating: 1, [4])
        let own = try here.makeTensor([4], .float32)
        for attempt in [
            { try here.copy(foreign, into: own) },
            { try here.fill(foreign, with: 0) },
            { _ = try here.read(foreign) },
        ] {
            XCTAssertThrowsError(try attempt()) { error in
                guard case TensorError.foreignTensor = error else { return XCTFail("\(error)") }
            }
        }
    }

    // MARK: Programs

    private let scaling = """
        __kernel void scale(__global float *x, const ulong start, const float factor) {
            x[start + get_global_id(0)] *= factor * FACTOR;
        }
        """

    private func scale(_ backend: OpenCLBackend) throws -> [Float] {
        let tensor = try backend.tensor([Float](arrayLiteral: 1, 2, 3), [3])
        try backend.launch(
            "scale", in: "scale.cl", definitions: ["FACTOR": 10], global: [3],
            arguments: [.tensor(tensor), .float(0.5)])
        return try backend.read(tensor).floats
    }

    func testAProgramIsCompiledOnceAndFoundOnDiskAfterwards() throws {
        let first = try makeBackend(kernels: ["scale.cl": scaling])
        XCTAssertEqual(try scale(first), [5, 10, 15])
        XCTAssertEqual(try scale(first), [5, 10, 15])
        XCTAssertEqual(first.compilations, 1)
        let second = try makeBackend(kernels: ["scale.cl": scaling])
        XCTAssertEqual(try scale(second), [5, 10, 15])
        XCTAssertEqual(second.compilations, 0)
    }

    func testADamagedCacheIsCompiledAgain() throws {
        XCTAssertEqual(try scale(makeBackend(kernels: ["scale.cl": scaling])), [5, 10, 15])
        let cache = folder.appendingPathComponent("cache")
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.path)
        let file = cache.appendingPathComponent(try XCTUnwrap(names.first))
        XCTAssertEqual(names.count, 1)
        let whole = try Data(contentsOf: file)
        var flipped = whole
        flipped[whole.count / 2] ^= 1
        for damaged in [Data(), Data(whole.prefix(20)), Data(whole.prefix(whole.count / 2)), flipped] {
            try damaged.write(to: file)
            let backend = try makeBackend(kernels: ["scale.cl": scaling])
            XCTAssertEqual(try scale(backend), [5, 10, 15])
            XCTAssertEqual(backend.compilations, 1)
            let next = try makeBackend(kernels: ["scale.cl": scaling])
            XCTAssertEqual(try scale(next), [5, 10, 15])
            XCTAssertEqual(next.compilations, 0)
        }
    }

    func testAnUnwritableCacheIsDoneWithout() throws {
        try "a file, not a folder".write(
            to: folder.appendingPathComponent("blocked"), atomically: true, encoding: .utf8)
        let backend = try makeBackend(kernels: ["scale.cl": scaling], cache: "blocked/programs")
        XCTAssertEqual(try scale(backend), [5, 10, 15])
        XCTAssertEqual(backend.compilations, 1)
    }

    func testAnErrorInAKernelNamesFileAndLine() throws {
        let header = "// a comment\nfloat twice(float x) { return 2 * y; }\n"
        let backend = try makeBackend(kernels: [
            "Common/Twice.h": header, "scale.cl": "#include \"Common/Twice.h\"\n" + scaling,
        ])
        XCTAssertThrowsError(try scale(backend)) { error in
            guard case OpenCLError.buildFailed(let file, let options, _, let log) = error else {
                return XCTFail("\(error)")
            }
            XCTAssertEqual(file, "scale.cl")
            XCTAssertTrue(options.contains("-D FACTOR=10"), options)
            XCTAssertTrue(log.contains("Twice.h:2"), log)
        }
    }

    func testAProfileCountsEveryLaunchOnce() throws {
        let device = try XCTUnwrap(OpenCLDevice.all().first)
        let backend = try OpenCLBackend(device: device, isProfiling: true)
        let images = try backend.tensor(repeating: 1, [2, 8, 8, 16])
        let filter = try backend.tensor(repeating: 1, [3, 3, 16, 16])
        _ = try backend.takeProfile()
        let before = backend.statistics.launches
        for _ in 0..<3 { _ = try backend.convolution2D(images, filter: filter, stride: 1, padding: 1) }
        _ = try backend.leakyReLU(images, negativeSlope: 0.1)
        let profile = try backend.takeProfile()
        XCTAssertEqual(profile.reduce(0) { $0 + $1.launches }, backend.statistics.launches - before)
        let activation = try XCTUnwrap(profile.first { $0.kernel == "leakyReLU" })
        XCTAssertEqual(activation.problem, "2×8×8×16")
        XCTAssertEqual(activation.launches, 1)
        XCTAssertTrue(profile.contains { $0.problem == "convolution2D n2 h8 w8 c16 k16 r3 s1 p1" }, "\(profile)")
        XCTAssertGreaterThan(profile[0].seconds, 0)
        XCTAssertEqual(profile.map(\.seconds), profile.map(\.seconds).sorted(by: >))
        XCTAssertEqual(try backend.takeProfile(), [])
        XCTAssertEqual(try makeBackend().takeProfile(), [])
    }

    func testWrongLaunchesAreTypedErrors() throws {
        let backend = try makeBackend(kernels: ["scale.cl": scaling])
        let tensor = try backend.tensor([Float](arrayLiteral: 1, 2, 3), [3])
        func launch(_ kernel: String, file: String = "scale.cl", local: Int? = nil, _ arguments: [KernelArgument])
            throws
        {
            try backend.launch(
                kernel, in: file, definitions: ["FACTOR": 1], global: [3], local: local.map { [$0] },
                arguments: arguments)
        }
        XCTAssertThrowsError(try launch("scale", [.tensor(tensor)])) {
            XCTAssertEqual(
                $0 as? OpenCLError, .argumentCountMismatch(kernel: "scale", given: 2, expected: 3))
        }
        XCTAssertThrowsError(try launch("scale", local: 2, [.tensor(tensor), .float(1)])) {
            XCTAssertEqual(($0 as? OpenCLError)?.codeName, "CL_INVALID_WORK_GROUP_SIZE (-54)")
            XCTAssertTrue("\($0)".contains("for kernel scale on \(backend.hardware.name)"), "\($0)")
        }
        XCTAssertThrowsError(try launch("missing", [])) {
            XCTAssertEqual(($0 as? OpenCLError)?.codeName, "CL_INVALID_KERNEL_NAME (-46)")
        }
        XCTAssertThrowsError(try launch("scale", file: "missing.cl", [])) {
            guard case OpenCLError.kernelFileNotFound = $0 else { return XCTFail("\($0)") }
        }
        XCTAssertThrowsError(try launch("scale", [.int(1 << 40)])) {
            guard case TensorError.unsupported = $0 else { return XCTFail("\($0)") }
        }
    }

    func testTheDefaultCacheKeyDependsOnSourceAndOptions() throws {
        let programs = try makeBackend().programs
        let keys = [("a", "b"), ("ab", ""), ("", "ab"), ("b", "a")].map {
            programs.cacheKey(source: $0.0, options: $0.1).hexadecimal
        }
        XCTAssertEqual(Set(keys).count, keys.count)
        // The published value of FNV-1a, 128 bits, for "foobar".
        XCTAssertEqual(CacheKey(Array("foobar".utf8)).hexadecimal, "343e1662793c64bf6f0d3597ba446f18")
    }
}
