import Foundation

/// Where files lie that may be removed at any time.
enum CacheFolder {
    /// EQUIPOISE_CACHE, else `equipoise` inside XDG_CACHE_HOME, else inside `~/.cache`; nil if none of these is set.
    static var user: URL? {
        let environment = ProcessInfo.processInfo.environment
        func folder(_ variable: String) -> URL? {
            environment[variable].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0, isDirectory: true) }
        }
        return folder("EQUIPOISE_CACHE")
            ?? folder("XDG_CACHE_HOME")?.appendingPathComponent("equipoise")
            ?? folder("HOME")?.appendingPathComponent(".cache/equipoise")
    }
}
