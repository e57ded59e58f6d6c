import Foundation
import TensorFiles

/// `log.jsonl`: one JSON object a line, each with an `event` and the `step` that it belongs to.
final class EventLog {
    private let path: String
    private let file: FileHandle
    private let encoder = JSONEncoder.sortedLines

    /// The clocks of the newest progress line that was kept; 0 for a new log.
    let clocks: Clocks

    /// Seconds since the run began.
    struct Clocks: Decodable {
        var stepSeconds = 0.0
        var seconds = 0.0

        enum CodingKeys: String, CodingKey {
            case seconds
            case stepSeconds = "step_seconds"
        }
    }

    /// Opens the log to go on after `step` steps: lines of later steps, which will happen again, and a last line that
    /// was cut off, are removed.
    ///
    /// - Throws: `FileError.cannotRead` for a log that is there but cannot be read; `FileError.cannotWrite`.
    init(path: String, continuingAfter step: Int) throws {
        let content = try Data(ifPresentAt: path) ?? Data()
        let lines = content.split(separator: UInt8(ascii: "\n")).filter { line in
            guard let mark = try? JSONDecoder().decode(StepMark.self, from: line) else { return false }
            return step > 0 && mark.step <= step
        }
        clocks = lines.reversed().lazy.compactMap { try? JSONDecoder().decode(Clocks.self, from: $0) }.first ?? Clocks()
        try AtomicFile.write(Data(lines.flatMap { $0 + [UInt8(ascii: "\n")] }), to: path)
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        self.path = path
        self.file = file
        _ = try? file.seekToEnd()
    }

    /// The identifier and name of the device that the newest part of a logged run was computed on; nil if there is none.
    static func device(inLogAt path: String) -> String? {
        struct Start: Decodable {
            let device: String
        }
        let content = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
        return content.split(separator: UInt8(ascii: "\n")).reversed().lazy
            .compactMap { try? JSONDecoder().decode(Start.self, from: $0).device }.first
    }

    /// Adds the line of an event; warnings are not logged.
    ///
    /// - Throws: `FileError.cannotWrite`.
    func append(_ event: TrainingEvent) throws {
        switch event {
        case .started(let start): try append(Line(event: "start", content: start))
        case .stageStarted(let start): try append(Line(event: "stage", content: start))
        case .progress(let report): try append(Line(event: "progress", content: report))
        case .evaluated(let report): try append(Line(event: "evaluation", content: report))
        case .savedCheckpoint(let step, _): try append(Line(event: "checkpoint", content: StepMark(step: step)))
        case .warning: break
        }
    }

    private func append(_ line: some Encodable) throws {
        do {
            try file.write(contentsOf: try encoder.encode(line) + [UInt8(ascii: "\n")])
        } catch {
            throw FileError.cannotWrite(path: path, reason: (error as NSError).localizedDescription)
        }
    }

    private struct StepMark: Codable {
        let step: Int
    }

    /// An event's name beside its content, in one object.
    private struct Line<Content: Encodable>: Encodable {
        let event: String
        let content: Content

        enum CodingKeys: String, CodingKey {
            case event
        }

        func encode(to encoder: any Encoder) throws {
            try content.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(event, forKey: .event)
        }
    }
}
