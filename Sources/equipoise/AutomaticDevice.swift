import CPUBackend
import Foundation
import OpenCLBackend
import Tensors

/// `--device auto`: the best OpenCL GPU; else the faster of an OpenCL CPU device and the CPU backend; else the CPU
/// backend.
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
        let openCLSeconds: Double
        do {
            openCL = try OpenCLBackend(device: device)
            openCLSeconds = try secondsOfConvolution(on: openCL)
        } catch {
            // The choice is the program's here, so a device that fails is a reason for another, and is named.
            return (cpu, "\(device.summary) cannot be used: \(error.localizedDescription)")
        }
        let cpuSeconds = try secondsOfConvolution(on: cpu)
        let ratio = max(openCLSeconds, cpuSeconds) / max(min(openCLSeconds, cpuSeconds), 1e-9)
        let measured = "a convolution takes \(String(format: "%.1f", ratio)) times as long on"
        return openCLSeconds <= cpuSeconds
            ? (openCL, "\(measured) the CPU backend") : (cpu, "\(measured) \(device.summary)")
    }

    /// The best OpenCL device: a GPU before others, then the one with most compute units.
    ///
    /// - Throws: `OpenCLError` if there is none.
    static func bestOpenCLDevice() throws -> OpenCLDevice {
        // Selecting an index that is not there gives the error that says why there is no device.
        try best(of: OpenCLDevice.all()) ?? OpenCLDevice.select("0")
    }

    private static func best(of devices: [OpenCLDevice]) -> OpenCLDevice? {
        devices.max { first, second in
            (first.kind == .gpu ? 1 : 0, first.computeUnits) < (second.kind == .gpu ? 1 : 0, second.computeUnits)
        }
    }

    /// The best of a few forward and backward passes of a convolution as small networks have them.
    private static func secondsOfConvolution(on backend: any Backend) throws -> Double {
        let images = try backend.tensor(repeating: 0.5, [32, 16, 16, 32])
        let filter = try backend.tensor(repeating: 0.1, [3, 3, 32, 32])
        let gradient = try backend.makeTensor(filter.shape, .float32)
        var best = Double.infinity
        // The first pass compiles kernels; the best of the others is what training will see.
        for pass in 0..<4 {
            let start = DispatchTime.now().uptimeNanoseconds
            let output = try backend.convolution2D(images, filter: filter, stride: 1, padding: 1)
            _ = try backend.convolution2DInputGradient(
                output, filter: filter, inputShape: images.shape, stride: 1, padding: 1)
            try backend.convolution2DFilterGradient(output, input: images, stride: 1, padding: 1, into: gradient)
            try backend.synchronize()
            if pass > 0 { best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9) }
        }
        return best
    }
}
