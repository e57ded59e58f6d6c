import Foundation

/// How long the program takes to the end of its first step where nothing is compiled yet, and where all is: each in a
/// process of its own, with a cache folder of its own that is removed afterwards.
struct StartTimes: Encodable, CustomStringConvertible {
    let coldStartSeconds: Double
    let warmStartSeconds: Double
    let coldCompileSeconds: Double
    let warmCompileSeconds: Double

    /// - Parameter arguments: a `bench` command whose first step ends the start.
    /// - Throws: `CommandError` if a process fails.
    init(of arguments: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "equipoise-start-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let cold = try Self.start(arguments, cache: folder.path)
        let warm = try Self.start(arguments, cache: folder.path)
        (coldStartSeconds, coldCompileSeconds) = (cold.startSeconds, cold.compileSeconds)
        (warmStartSeconds, warmCompileSeconds) = (warm.startSeconds, warm.compileSeconds)
    }

    private struct Answer: Decodable {
        let startSeconds: Double
        let compileSeconds: Double

        private enum CodingKeys: String, CodingKey {
            case startSeconds = "start_seconds"
            case compileSeconds = "compile_seconds"
        }
    }

    /// Where the program and the drivers that have a cache of their own keep compiled kernels.
    private static let cacheVariables = [
        "EQUIPOISE_CACHE", "POCL_CACHE_DIR", "CUDA_CACHE_PATH", "NEO_CACHE_DIR", "XDG_CACHE_HOME",
    ]

    private static func start(_ arguments: [String], cache: String) throws -> Answer {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = arguments + ["--warm-up", "0", "--steps", "1", "--json"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            cacheVariables.map { ($0, cache) }, uniquingKeysWith: { $1 })
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandError("a process that was to time the start ended with \(process.terminationStatus)")
        }
        return try JSONDecoder().decode(Answer.self, from: data)
    }

    private enum CodingKeys: String, CodingKey {
        case coldStartSeconds = "cold_start_seconds"
        case warmStartSeconds = "warm_start_seconds"
        case coldCompileSeconds = "cold_compile_seconds"
        case warmCompileSeconds = "warm_compile_seconds"
    }

    var description: String {
        func seconds(_ value: Double) -> String { String(format: "%.2f s", value) }
        return
            "a start takes \(seconds(coldStartSeconds)) with empty caches (\(seconds(coldCompileSeconds)) compiling), "
            + "\(seconds(warmStartSeconds)) with full ones (\(seconds(warmCompileSeconds)))"
    }
}
