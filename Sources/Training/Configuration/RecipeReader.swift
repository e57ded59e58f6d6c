/// Reads a recipe's values strictly: each with its type and the values that it may take. What nobody has asked for by
/// the end is an unknown key.
///
/// Everything read is noted in ``entries`` with its value resolved, so the canonical form holds exactly what the
/// program understood.
struct RecipeReader {
    private let text: RecipeText
    /// The keys that settings have asked for.
    private var known: Set<String> = []
    /// Those of them that have no default and are not written.
    private var missing: [String] = []
    /// Everything read, in the order of reading.
    private(set) var entries: [RecipeEntry] = []

    init(_ text: RecipeText) {
        self.text = text
    }

    /// Whole numbers that may be written: products of a few of them stay inside `Int`.
    static let largestInteger = 1_000_000_000

    /// A whole number from `minimum` to `maximum`. Without default the key must be there.
    mutating func integer(
        _ key: String, from minimum: Int, to maximum: Int = largestInteger, default fallback: Int? = nil
    ) throws -> Int {
        let value = try resolve(key, default: fallback, placeholder: minimum, wanted: "a whole number") { Int($0) }
        guard value >= minimum, value <= maximum else {
            throw invalid(
                key,
                maximum == Self.largestInteger && value < minimum
                    ? "must be at least \(minimum), not \(value)"
                    : "must be from \(minimum) to \(maximum), not \(value)")
        }
        note(key, String(value))
        return value
    }

    /// What a number may be.
    enum NumberRule {
        case positive
        case notNegative
        /// From 0 to 1.
        case fraction
        /// 1 or more.
        case atLeastOne
        /// From 0, and below 1.
        case belowOne

        fileprivate func accepts(_ value: Double) -> Bool {
            switch self {
            case .positive: value > 0
            case .notNegative: value >= 0
            case .fraction: value >= 0 && value <= 1
            case .atLeastOne: value >= 1
            case .belowOne: value >= 0 && value < 1
            }
        }

        /// A value that keeps the rule, for keys that are missing: the reading goes on, so that ``finish()`` sees all.
        fileprivate var example: Double { self == .belowOne ? 0 : 1 }

        fileprivate var text: String {
            switch self {
            case .positive: "must be above 0"
            case .notNegative: "must not be below 0"
            case .fraction: "must be from 0 to 1"
            case .atLeastOne: "must be at least 1"
            case .belowOne: "must be at least 0 and below 1"
            }
        }
    }

    /// A finite number that keeps the rule. Without default the key must be there.
    mutating func number(_ key: String, _ rule: NumberRule, default fallback: Double? = nil) throws -> Double {
        let value = try resolve(key, default: fallback, placeholder: rule.example, wanted: "a number") { Double($0) }
        guard value.isFinite, rule.accepts(value) else { throw invalid(key, "\(rule.text), not \(value)") }
        note(key, "\(value)")
        return value
    }

    /// `true` or `false`.
    mutating func flag(_ key: String, default fallback: Bool) throws -> Bool {
        let value = try resolve(key, default: fallback, placeholder: fallback, wanted: "true or false") { Bool($0) }
        note(key, "\(value)")
        return value
    }

    /// One of the given words. Without default the key must be there.
    ///
    /// - Parameter alternative: what else a person may write, for the message.
    mutating func choice(
        _ key: String, of words: [String], orElse alternative: String? = nil, default fallback: String? = nil
    ) throws -> String {
        let value = try resolve(key, default: fallback, placeholder: words.first ?? "", quoted: true, wanted: "") { $0 }
        guard words.contains(value) else {
            let nearest = NearestName.to(value, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
            let possible = words.joined(separator: ", ") + (alternative.map { ", or \($0)" } ?? "")
            throw invalid(key, "must be one of \(possible), not \"\(value)\"\(nearest)")
        }
        note(key, value.asYAML)
        return value
    }

    /// One case of an enumeration, by its raw value. Without default the key must be there.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, default fallback: Choice? = nil
    ) throws -> Choice {
        let words = Choice.allCases.map(\.rawValue)
        let word = try choice(key, of: words, default: fallback?.rawValue)
        guard let value = Choice(rawValue: word) else { throw invalid(key, "cannot be \"\(word)\"") }
        return value
    }

    /// Several of the given words, with `+` between them; `none` for none of them, which is the default.
    mutating func choices(_ key: String, of words: [String]) throws -> [String] {
        let value = try resolve(key, default: "none", placeholder: "none", quoted: true, wanted: "") { $0 }
        note(key, value.asYAML)
        guard value != "none" else { return [] }
        return try value.split(separator: "+", omittingEmptySubsequences: false).map { part in
            let word = part.split(separator: " ").joined(separator: " ")
            guard words.contains(word) else {
                let nearest = NearestName.to(word, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
                throw invalid(
                    key,
                    "must be none or some of \(words.joined(separator: ", ")) with + between, not \"\(word)\"\(nearest)"
                )
            }
            return word
        }
    }

    /// Any text but none. The key must be there.
    ///
    /// - Parameter example: stands in for a key that is missing until ``finish()`` tells.
    mutating func text(_ key: String, example: String) throws -> String {
        let value = try resolve(key, default: nil, placeholder: example, quoted: true, wanted: "") { $0 }
        note(key, value.asYAML)
        return value
    }

    /// What is written for a key, as it is; nil where the key is not there.
    mutating func take(_ key: String) -> RecipeValue? {
        known.insert(key)
        return text.values[key]
    }

    /// Any text; nil where the key is not there.
    mutating func optionalText(_ key: String, isEssential: Bool) throws -> String? {
        guard let value = take(key) else { return nil }
        note(key, value.text.asYAML, isEssential: isEssential)
        return value.text
    }

    /// A number of bytes such as `64MB`, in units of 1000; nil where the key is not there.
    mutating func optionalByteCount(_ key: String, isEssential: Bool) throws -> Int? {
        guard let text = try optionalText(key, isEssential: isEssential) else { return nil }
        let units = ["KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000]
        guard let unit = units[String(text.suffix(2))], let count = Int(text.dropLast(2)),
            (0...Self.largestInteger).contains(count)
        else { throw invalid(key, "must be a whole number of KB, MB or GB such as 64MB, not \"\(text)\"") }
        return count * unit
    }

    /// Numbers from 0 to 1, separated by blanks; nil where the key is not there.
    mutating func optionalFractions(_ key: String, isEssential: Bool) throws -> [Double]? {
        guard let text = try optionalText(key, isEssential: isEssential) else { return nil }
        return try text.split(separator: " ").map { word in
            guard let value = Double(word), (0...1).contains(value) else {
                throw invalid(key, "must be numbers from 0 to 1 with blanks between them, not \"\(word)\"")
            }
            return value
        }
    }

    /// Steps from 1, each above the one before, separated by blanks; nil where the key is not there.
    mutating func optionalSteps(_ key: String) throws -> [Int]? {
        guard let text = try optionalText(key, isEssential: true) else { return nil }
        var steps: [Int] = []
        for word in text.split(separator: " ") {
            guard let step = Int(word), ((steps.last ?? 0) + 1...Self.largestInteger).contains(step) else {
                throw invalid(key, "must be steps in ascending order with blanks between them, not \"\(text)\"")
            }
            steps.append(step)
        }
        guard !steps.isEmpty else { throw invalid(key, "must name a step") }
        return steps
    }

    /// What `read` makes of the recipe, as if it had not been asked: settings of something that is switched off take no
    /// part in what is computed, and its keys are known nevertheless.
    mutating func withoutNoting<Value>(_ read: (inout Self) throws -> Value) rethrows -> Value {
        let (entries, missing) = (entries, missing)
        defer { (self.entries, self.missing) = (entries, missing) }
        return try read(&self)
    }

    /// Whether a key of the section is written.
    func hasSection(_ section: String) -> Bool {
        text.values.keys.contains { $0.hasPrefix("\(section).") }
    }

    /// Takes the section's keys for known, whatever they are: it is switched off.
    mutating func passOver(_ section: String) {
        known.formUnion(text.values.keys.filter { $0.hasPrefix("\(section).") })
    }

    /// An error about the value of a key, naming where it was written.
    func invalid(_ key: String, _ problem: String) -> RecipeError {
        .invalidValue(key: key, origin: text.values[key]?.origin ?? text.name, problem: problem)
    }

    /// To be called when everything has been read.
    ///
    /// - Throws: `RecipeError.unknownKey` for a key that was not asked for; else `RecipeError.missingKey`. In this order,
    ///   because a key that is missing is often one that is misspelt.
    func finish() throws {
        let unknown = text.values.filter { !known.contains($0.key) }.min { $0.key < $1.key }
        if let unknown {
            let withSection = known.sorted().first { $0.hasSuffix(".\(unknown.key)") }
            throw RecipeError.unknownKey(
                key: unknown.key, origin: unknown.value.origin,
                nearest: withSection ?? NearestName.to(unknown.key, among: known))
        }
        if let key = missing.first { throw RecipeError.missingKey(key: key, recipe: text.name) }
    }

    /// Enters a value, as YAML, in ``entries``.
    mutating func note(_ key: String, _ value: String, isEssential: Bool = true) {
        known.insert(key)
        entries.append(RecipeEntry(key: key, value: value, isEssential: isEssential))
    }

    private mutating func resolve<Value>(
        _ key: String, default fallback: Value?, placeholder: Value, quoted: Bool = false, wanted: String,
        convert: (String) -> Value?
    ) throws -> Value {
        known.insert(key)
        guard let written = text.values[key] else {
            if fallback == nil { missing.append(key) }
            return fallback ?? placeholder
        }
        guard quoted || !written.isQuoted, let value = convert(written.text) else {
            throw invalid(key, "must be \(wanted), not \"\(written.text)\"")
        }
        return value
    }
}
