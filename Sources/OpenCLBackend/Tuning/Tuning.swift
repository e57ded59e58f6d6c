/// Which implementation performs which operation on which problem on one device, as `equipoise tune` found by measuring.
/// What it does not name is performed by the first implementation of the operation's list that suits the device.
///
/// A choice is for every problem whose description has all of its words: `n64 h8 w8 c128 k128 r3 s1 p1` for one batch
/// size, `h8 w8 c128 k128 r3 s1 p1` for all, no word at all for whatever the operation is asked. Only the word `half` must
/// not be missing from it. Of several that fit a problem the one with the most words counts.
///
/// Implementations round differently, so the choices are a part of what decides a run's bits: a run keeps them.
public struct Tuning: Hashable, Sendable {
    /// One choice.
    public struct Choice: Hashable, Sendable, Codable {
        /// The operation's name in the protocol.
        public var operation: String
        /// The problem as it describes itself, `n64 h32 w32 c16 k32 r3 s1 p1`, or some of those words.
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

        fileprivate var words: Set<Substring> { Set(problem.split(separator: " ")) }

        /// Whether it is for this problem.
        fileprivate func fits(_ problem: String) -> Bool {
            let described = Set(problem.split(separator: " "))
            return words.isSubset(of: described) && !described.subtracting(words).contains("half")
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

    /// The name of the implementation chosen for a problem; nil if no choice fits it.
    func implementation(of operation: String, for problem: String) -> String? {
        let fitting = choices.filter { $0.operation == operation && $0.fits(problem) }
        let mostWords = fitting.map(\.words.count).max()
        return fitting.first { $0.words.count == mostWords }?.implementation
    }

    /// Takes over those of the choices for whose problems nothing is chosen yet.
    mutating func complete(with others: [Choice]) {
        let own = choices
        for other in others where !own.contains(where: { $0.operation == other.operation && $0.fits(other.problem) }) {
            choose(other)
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
