import Foundation

/// A ``Tuning`` as a JSON file for people and programs.
///
///     {"choices": [{"implementation": "direct", "milliseconds": {"direct": 4.1, "winograd": 2.2},
///                   "operation": "convolution2D", "problem": "n64 h32 w32 c16 k32 r3 s1 p1"}],
///      "device": {"compute_units": 2, "driver": "3.1", "family": "cpuLike", "name": "…", "platform": "…"},
///      "format": "equipoise-tuning 1"}
extension Tuning: Codable {
    private static let format = "equipoise-tuning 1"

    private enum CodingKeys: String, CodingKey {
        case format, device, choices
    }

    /// Reads what ``encode(to:)`` wrote; of two choices for the same operation and problem the later one counts.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try Self.checkFormat(of: container, forKey: .format)
        device = try container.decode(TunedDevice.self, forKey: .device)
        choices = []
        for choice in try container.decode([Choice].self, forKey: .choices) { choose(choice) }
    }

    /// - Throws: `DecodingError.dataCorrupted` if the format is another.
    static func checkFormat<Key>(of container: KeyedDecodingContainer<Key>, forKey key: Key) throws {
        let format = try container.decode(String.self, forKey: key)
        guard format == Self.format else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "the format is \"\(format)\", not \"\(Self.format)\"")
        }
    }

    /// Writes the format's version, the device and the choices.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.format, forKey: .format)
        try container.encode(device, forKey: .device)
        try container.encode(choices, forKey: .choices)
    }

    /// The file of the user's cache folder for a device: `tuning/NAME-HASH.json` beside the compiled programs. Nil if the
    /// environment names no such folder.
    public static func cachePath(for device: OpenCLDevice) -> String? {
        let tuned = TunedDevice(device)
        let hash = CacheKey([tuned.name, tuned.platform, tuned.driver, tuned.family, String(tuned.computeUnits)])
            .hexadecimal
        let letters = tuned.name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let words = String(letters).split(separator: "-")
        let name = words.prefix(6).joined(separator: "-").prefix(64)
        return CacheFolder.user?.appendingPathComponent("tuning/\(name)-\(hash.prefix(8)).json").path
    }

    /// Reads a file.
    ///
    /// - Throws: `TuningError.unreadable`.
    public init(contentsOf path: String) throws {
        do {
            self = try JSONDecoder().decode(Tuning.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch DecodingError.dataCorrupted(let context) {
            throw TuningError.unreadable(path: path, reason: context.debugDescription)
        } catch let error as DecodingError {
            throw TuningError.unreadable(path: path, reason: "\(error)")
        } catch {
            throw TuningError.unreadable(path: path, reason: error.localizedDescription)
        }
    }

    /// The file's content; equal tunings give equal texts.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Writes a file, whole or not at all, and makes its folder if need be.
    ///
    /// - Throws: `TuningError.cannotWrite`.
    public func write(to path: String) throws {
        do {
            let file = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(json.utf8).write(to: file, options: .atomic)
        } catch {
            throw TuningError.cannotWrite(path: path, reason: error.localizedDescription)
        }
    }
}

/// What can be wrong with a file of tuned choices.
public enum TuningError: Error, Equatable, Sendable {
    /// It is not there, or not what `equipoise tune` writes.
    case unreadable(path: String, reason: String)
    /// It cannot be written.
    case cannotWrite(path: String, reason: String)
    /// It names an implementation that this version of the program does not have.
    case unknownImplementation(String, operation: String)
    /// It was measured on another device or driver.
    case otherDevice(TunedDevice, here: TunedDevice)
}

extension TuningError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read the tuned choices in \(path): \(reason); remove the file or run equipoise tune again"
        case .cannotWrite(let path, let reason):
            "cannot write the tuned choices to \(path): \(reason); set EQUIPOISE_CACHE to a folder that can be written"
        case .unknownImplementation(let name, let operation):
            "the tuned choices name an implementation \"\(name)\" of \(operation), which this version of the program does "
                + "not have; run equipoise tune again or choose --tuning none"
        case .otherDevice(let tuned, let here):
            "the tuned choices are for \(tuned.name) (\(tuned.platform), \(tuned.computeUnits) compute units), not for "
                + "\(here.name) (\(here.platform), \(here.computeUnits) compute units); choose --tuning none or that device"
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }
}
