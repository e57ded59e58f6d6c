import Foundation

/// What the operating system says of this process's memory.
enum ProcessMemory {
    /// The most bytes ever resident, as Linux reports them; nil elsewhere.
    static var peakResidentBytes: Int? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
