import Foundation

/// Which implementation performs which operation on which problem on one device, as `equipoise tune` found by measuring.
/// What it does not name is performed by the first implementation of the operation's list that suits the device.
///
/// Implementations round differently, so the choices are a part of what decides a run's bits: a run keeps them.
public struct Tuning: Hashable, Sendable {
    /// One choice.
    public struct Choice: Hashable, Sendable, Codable {
        /// The operation's name in the protocol.
        public var operation: String
        /// The problem as it describes itself: `n64 h32 w32 c16 k32 r3 s1 p1`.
        public var problem: String
        /// The implementation's name in the operation's list.
        public var implementation: String
        /// How long each candidate took, for the reader.
        public var milliseconds: [String: Double]

        /// A choice and what led to it.
        public init(operation: String, problem: String, implementation: String, milliseconds: [String: Double]) {
            self.operation = operation
            self.problem = problem
            self.implementation = implementation
            self.milliseconds = milliseconds
        }
    }

    /// The device for which it was measured.
    public let device: TunedDevice
    /// At most one for each operation and problem, in their order.
    public internal(set) var choices: [Choice]

    /// No choices yet.
    public init(for device: OpenCLDevice) {
        self.device = TunedDevice(device)
        choices = []
    }

    /// Takes over a choice, in place of an older one of the same operation and problem.
    public mutating func choose(_ choice: Choice) {
        choices.removeAll { ($0.operation, $0.problem) == (choice.operation, choice.problem) }
        choices.append(choice)
        choices.sort { ($0.operation, $0.problem) < ($1.operation, $1.problem) }
    }

    /// The implementation's name by operation and problem.
    var names: [String: [String: String]] {
        Dictionary(grouping: choices, by: \.operation).mapValues { choices in
            Dictionary(choices.map { ($0.problem, $0.implementation) }, uniquingKeysWith: { $1 })
        }
    }
}

/// What a tuning was measured on: with another driver, other implementations may be the fastest.
public struct TunedDevice: Hashable, Sendable, Codable {
    /// The device's name.
    public let name: String
    /// Its platform's name and version.
    public let platform: String
    /// The driver's version.
    public let driver: String
    /// `cpuLike` or `gpuLike`: which kernels were tried.
    public let family: String
    /// Its compute units; a container may have fewer than the machine.
    public let computeUnits: Int

    /// What of a device decides whether a tuning fits it.
    public init(_ device: OpenCLDevice) {
        name = device.name
        platform = "\(device.platform), \(device.platformVersion)"
        driver = device.driver
        family = device.family.rawValue
        computeUnits = device.computeUnits
    }

    private enum CodingKeys: String, CodingKey {
        case name, platform, driver, family
        case computeUnits = "compute_units"
    }
}
