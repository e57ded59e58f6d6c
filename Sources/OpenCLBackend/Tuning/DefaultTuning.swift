import Foundation

/// Choices that the program brings along for a kind of device, where measuring has found an implementation clearly and
/// repeatedly faster than the first of its list: `Tuning/Defaults/KIND.json`, which `equipoise tune --general` writes.
struct DefaultTuning: Sendable {
    /// The devices that share a file, with its name.
    enum Kind: String, CaseIterable, Sendable {
        case pocl
        case intelCPU = "intel-cpu"
        case amdGPU = "amd-gpu"
        case intelGPU = "intel-gpu"
        case nvidiaGPU = "nvidia-gpu"

        /// The kind of a device; nil if it is none of them, or is to run the other family's kernels.
        init?(_ device: OpenCLDevice) {
            func isMade(by names: String...) -> Bool { names.contains { device.vendor.localizedStandardContains($0) } }
            switch (device.kind, device.family) {
            case (.cpu, .cpuLike) where device.isPoCL: self = .pocl
            case (.cpu, .cpuLike) where device.platform.hasPrefix("Intel"): self = .intelCPU
            case (.gpu, .gpuLike) where isMade(by: "AMD", "Advanced Micro Devices"): self = .amdGPU
            case (.gpu, .gpuLike) where isMade(by: "Intel"): self = .intelGPU
            case (.gpu, .gpuLike) where isMade(by: "NVIDIA"): self = .nvidiaGPU
            default: return nil
            }
        }
    }

    /// The choices, in the order of the file.
    let choices: [Tuning.Choice]

    /// Reads the file of a kind.
    ///
    /// - Throws: `DecodingError` if it is no file of choices, which a test rules out.
    init(_ kind: Kind) throws {
        let text = EmbeddedTunings.files.first { $0.path == "\(kind.rawValue).json" }?.text.description ?? ""
        self = try JSONDecoder().decode(DefaultTuning.self, from: Data(text.utf8))
    }
}

/// The format is that of ``Tuning``, but only choices are read: what they were measured on is there for people.
extension DefaultTuning: Decodable {
    private enum CodingKeys: String, CodingKey {
        case format, choices
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try Tuning.checkFormat(of: container, forKey: .format)
        choices = try container.decode([Tuning.Choice].self, forKey: .choices)
    }
}

extension Tuning {
    /// What a run is to use on a device: choices measured there, and the program's defaults for what they leave open. Nil
    /// if there is neither, which leaves the order of the lists.
    public static func inForce(measured: Tuning?, on device: OpenCLDevice) -> Tuning? {
        var tuning = measured ?? Tuning(for: device)
        let defaults = DefaultTuning.Kind(device).flatMap { try? DefaultTuning($0) }
        tuning.complete(with: defaults?.choices ?? [])
        return measured == nil && tuning.choices.isEmpty ? nil : tuning
    }
}
