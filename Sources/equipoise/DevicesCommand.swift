import ArgumentParser
import CPUBackend
import OpenCLBackend
import Tensors

struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Lists the devices that can train.",
        discussion: "Example: equipoise devices --json")

    @Flag(help: "Print the list as JSON.")
    var json = false

    func run() throws {
        let devices = [CPUBackend().device] + OpenCLDevice.all().map(\.deviceDescription)
        guard !json else { return try print(jsonObject: devices) }
        for device in devices {
            print("\(device.identifier)  \(device.name)")
            print("    \(device.computeUnits) compute units, \(device.memoryBytes >> 20) MiB", terminator: "")
            print(device.driver.isEmpty ? "" : ", \(device.driver)")
        }
        if devices.count == 1 { print("There is no OpenCL device; install a driver such as pocl-opencl-icd.") }
    }
}
