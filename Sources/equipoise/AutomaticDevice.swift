import CPUBackend
import Foundation
import OpenCLBackend
import Tensors

/// `--device auto`: the best OpenCL GPU; else an OpenCL CPU device, unless it only emulates one; else the CPU backend.
enum AutomaticDevice {
    /// The choice, and the reason in a few words.
    static func choose() throws -> (backend: any Backend, reason: String) {
        let devices = OpenCLDevice.all()
        if let gpu = best(of: devices.filter { $0.kind == .gpu }) {
            return (try OpenCLBackend(device: gpu), "the best OpenCL GPU")
        }
        let cpu = CPUBackend()
        guard let device = best(of: devices) else { return (cpu, "there is no OpenCL device") }
        let openCL: OpenCLBackend
        let seconds: (openCL: Double, cpu: Double)
        do {
            openCL = try OpenCLBackend(device: device)
            seconds = try secondsInTurn(ConvolutionTrial(on: openCL), ConvolutionTrial(on: cpu))
        } catch {
            // The choice is the program's here, so a device that fails is a reason for another, and is named.
            return (cpu, "\(device.summary) cannot be used: \(error.localizedDescription)")
        }
        let ratio = String(format: "%.1f", seconds.cpu / max(seconds.openCL, 1e-9))
        let reason = "convolutions take \(ratio) times as long on the CPU backend"
        return seconds.openCL <= advantage * seconds.cpu
            ? (openCL, reason) : (cpu, "\(reason) as on \(device.summary)")
    }

    /// How many times as fast the CPU backend must be to be taken. Runs on different devices end in different bits, so the
    /// choice must not hang on what else the machine is doing: twelve busy loops on two cores have made PoCL look
    /// 2.5 times as slow. An interpreter is hundreds of times as slow.
    private static let advantage = 8.0

    /// The best OpenCL device: a GPU before others, then the one with most compute units. Of several drivers for one CPU
    /// PoCL, whose compiler the kernels were written against.
    ///
    /// - Throws: `OpenCLError` if there is none.
    static func bestOpenCLDevice() throws -> OpenCLDevice {
        // Selecting an index that is not there gives the error that says why there is no device.
        try best(of: OpenCLDevice.all()) ?? OpenCLDevice.select("0")
    }

    private static func best(of devices: [OpenCLDevice]) -> OpenCLDevice? {
        func rank(_ device: OpenCLDevice) -> (Int, Int, Int) {
            (device.kind == .gpu ? 1 : 0, device.computeUnits, device.isPoCL ? 1 : 0)
        }
        return devices.max { rank($0) < rank($1) }
    }

    /// The best times of a few passes in turn, so that whatever slows the machine slows both.
    private static func secondsInTurn(
        _ openCL: ConvolutionTrial, _ cpu: ConvolutionTrial
    ) throws -> (openCL: Double, cpu: Double) {
        // The first passes compile kernels.
        _ = (try openCL.seconds(), try cpu.seconds())
        var best = (openCL: Double.infinity, cpu: Double.infinity)
        for _ in 0..<5 {
            best = (min(best.openCL, try openCL.seconds()), min(best.cpu, try cpu.seconds()))
        }
        return best
    }
}

/// A convolution forward and backward as small networks have it.
private struct ConvolutionTrial {
    private let backend: any Backend
    private let images, filter, filterGradient: Tensor

    init(on backend: any Backend) throws {
        self.backend = backend
        images = try backend.tensor(repeating: 0.5, [32, 16, 16, 32])
        filter = try backend.tensor(repeating: 0.1, [3, 3, 32, 32])
        filterGradient = try backend.makeTensor(filter.shape, .float32)
    }

    /// The duration of one pass.
    func seconds() throws -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        let output = try backend.convolution2D(images, filter: filter, stride: 1, padding: 1)
        _ = try backend.convolution2DInputGradient(
            output, filter: filter, inputShape: images.shape, stride: 1, padding: 1)
        try backend.convolution2DFilterGradient(output, input: images, stride: 1, padding: 1, into: filterGradient)
        try backend.synchronize()
        return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }
}
