import Foundation
import Methods

extension RecipeReader {
    /// The options of a part of a method: those written in the section, and the part's own defaults for the rest.
    ///
    /// - Throws: `RecipeError.invalidValue` for a value of the wrong type or one that the part refuses.
    mutating func options<Options: MethodPart>(_ section: String, of part: Options.Type) throws -> Options {
        func dotted(_ key: some CodingKey) -> String { "\(section).\(key.stringValue)" }
        var written: [String: OptionValue] = [:]
        for key in Options.CodingKeys.allCases {
            written[key.stringValue] = take(dotted(key)).map(OptionValue.init)
        }
        do {
            let options = try Options(overridingDefaultsBy: JSONEncoder().encode(written))
            try options.validate()
            // What the method understood, not what was written, is the canonical form.
            let resolved = try JSONDecoder().decode(
                [String: OptionValue].self, from: JSONEncoder().encode(options))
            for (name, value) in resolved { note("\(section).\(name)", value.yaml) }
            return options
        } catch MethodError.invalidOption(let name, let problem) {
            throw invalid("\(section).\(name)", problem)
        } catch let error as DecodingError {
            let (path, wanted) = error.whatWasWanted
            let name = path.last?.stringValue ?? section
            let found = "\"\(written[name]?.text ?? "")\""
            throw invalid("\(section).\(name)", wanted.map { "must be \($0), not \(found)" } ?? "cannot be \(found)")
        }
    }
}

/// An option's value, of the type that its spelling shows.
private enum OptionValue: Codable {
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case word(String)

    init(_ value: RecipeValue) {
        if value.isQuoted {
            self = .word(value.text)
        } else if let flag = Bool(value.text) {
            self = .flag(flag)
        } else if let integer = Int(value.text) {
            self = .integer(integer)
        } else if let number = Double(value.text), number.isFinite {
            self = .number(number)
        } else {
            self = .word(value.text)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .word(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .word(let word): try container.encode(word)
        }
    }

    var text: String {
        switch self {
        case .flag(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .word(let word): word
        }
    }

    var yaml: String {
        if case .word(let word) = self { word.asYAML } else { text }
    }
}

extension DecodingError {
    /// The keys that lead to the value, and what it should have been, where that is known.
    fileprivate var whatWasWanted: (path: [any CodingKey], wanted: String?) {
        switch self {
        case .typeMismatch(let type, let context):
            let wanted =
                switch type {
                case is Bool.Type: "true or false"
                case is Int.Type: "a whole number"
                case is Double.Type: "a number"
                default: "a word"
                }
            return (context.codingPath, wanted)
        case .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context):
            return (context.codingPath, nil)
        @unknown default:
            return ([], nil)
        }
    }
}
