import Foundation

/// What went wrong, in one line.
struct OfflineError: Error, CustomStringConvertible {
    let description: String
}

/// A program that is run and waited for.
enum Command {
    /// What it printed on standard output and standard error.
    ///
    /// - Throws: `OfflineError` with its last words if it fails.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw OfflineError(description: "\(program) cannot be run: \(error.localizedDescription)")
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let lines = text.split(separator: "\n")
            let first = lines.first { $0.contains("error") } ?? lines.last ?? ""
            throw OfflineError(description: "\(URL(fileURLWithPath: program).lastPathComponent): \(first)")
        }
        return text
    }
}
