import Foundation

/// The built program, run as a user runs it.
enum Program {
    /// How a run ended.
    struct Result {
        /// The exit code, or the signal's number.
        let status: Int32
        let output: String
        let errors: String

        /// The lines on standard error.
        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    /// Runs the program to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
        try Running(arguments, environment: environment).result()
    }

    /// Starts the program.
    static func start(_ arguments: [String]) throws -> Running {
        try Running(arguments, environment: [:])
    }

    /// A run that goes on. Its output goes to files, so that no pipe can fill up.
    final class Running {
        private let process = Process()
        private let folder = NSTemporaryDirectory() + "equipoise-output-\(UUID().uuidString)"

        fileprivate init(_ arguments: [String], environment: [String: String]) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // Tests and the program lie side by side.
            process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "equipoise")
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try file("output")
            process.standardError = try file("errors")
            try process.run()
        }

        deinit {
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// Sends a signal.
        func send(_ signal: Int32) {
            kill(process.processIdentifier, signal)
        }

        /// Waits until a file is there; false if the process ended, or two minutes passed, before.
        func waits(forFile path: String) -> Bool {
            let deadline = Date(timeIntervalSinceNow: 120)
            while Date() < deadline {
                if FileManager.default.fileExists(atPath: path) { return true }
                guard process.isRunning else { return false }
                usleep(2000)
            }
            return false
        }

        /// Waits for the end.
        func result() throws -> Result {
            process.waitUntilExit()
            return Result(
                status: process.terminationStatus,
                output: try String(contentsOfFile: "\(folder)/output", encoding: .utf8),
                errors: try String(contentsOfFile: "\(folder)/errors", encoding: .utf8))
        }

        private func file(_ name: String) throws -> FileHandle {
            let url = URL(fileURLWithPath: "\(folder)/\(name)")
            try Data().write(to: url)
            return try FileHandle(forWritingTo: url)
        }
    }
}
