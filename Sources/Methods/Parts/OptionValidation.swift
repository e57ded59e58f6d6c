// Checks that every method's options make in the same words.

/// - Throws: `MethodError.invalidOption` unless the value is a finite number not below `minimum`.
func require(_ key: some CodingKey, _ value: Double, atLeast minimum: Double) throws {
    guard value.isFinite, value >= minimum else {
        throw MethodError.invalidOption(name: key.stringValue, problem: "is \(value); it must be at least \(minimum)")
    }
}

/// - Throws: `MethodError.invalidOption` unless the value is a finite number above zero.
func require(positive key: some CodingKey, _ value: Double) throws {
    guard value.isFinite, value > 0 else {
        throw MethodError.invalidOption(name: key.stringValue, problem: "is \(value); it must be above 0")
    }
}

/// - Throws: `MethodError.invalidOption` unless the value lies within 0 and 1.
func require(fraction key: some CodingKey, _ value: Double) throws {
    guard (0...1).contains(value) else {
        throw MethodError.invalidOption(name: key.stringValue, problem: "is \(value); it must be from 0 to 1")
    }
}

/// - Throws: `MethodError.invalidOption` unless the value lies within 0 and 1 and is not 1.
func require(below1 key: some CodingKey, _ value: Double) throws {
    guard (0..<1).contains(value) else {
        throw MethodError.invalidOption(name: key.stringValue, problem: "is \(value); it must be from 0 to below 1")
    }
}

/// - Throws: `MethodError.invalidOption` unless the value lies in the range.
func require(_ key: some CodingKey, _ value: Int, in range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
        throw MethodError.invalidOption(
            name: key.stringValue, problem: "is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
}
