/// What the header of an array of NumPy says: the literal of a Python dictionary such as
/// `{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }`.
///
/// Source: NumPy Enhancement Proposal 1, versions 1.0 and 2.0 of the format.
struct NPYHeader {
    /// Why a header is refused.
    struct Refusal: Error {
        let problem: String
    }

    /// The type of elements as NumPy spells it, such as `<i8`.
    let elementType: String
    /// The length of each dimension.
    let shape: [Int]
    /// Whether elements lie column by column.
    let isColumnMajor: Bool

    static let signature = [0x93] + Array("NUMPY".utf8)
    /// NumPy itself trusts no longer ones.
    static let lengthLimit = 10_000
    /// NumPy's own limit is 64.
    private static let rankLimit = 8

    /// Reads the dictionary. Its keys are in any order, and no others are there.
    ///
    /// - Throws: ``Refusal``.
    init(_ text: [UInt8]) throws(Refusal) {
        var scanner = Scanner(rest: text[...])
        var (elementType, shape, isColumnMajor): (String?, [Int]?, Bool?) = (nil, nil, nil)
        try scanner.expect("{")
        while !scanner.skip("}") {
            let key = try scanner.string()
            try scanner.expect(":")
            switch key {
            case "descr": elementType = try scanner.string()
            case "fortran_order": isColumnMajor = try scanner.flag()
            case "shape": shape = try scanner.tuple(limit: Self.rankLimit)
            default: throw Refusal(problem: "has the unknown key \(key.debugDescription)")
            }
            guard scanner.skip(",") || scanner.peek("}") else {
                throw Refusal(problem: "has no comma where one belongs")
            }
        }
        guard let elementType, let shape, let isColumnMajor, scanner.isAtEnd else {
            throw Refusal(problem: "is not descr, fortran_order and shape")
        }
        self.elementType = elementType
        self.shape = shape
        self.isColumnMajor = isColumnMajor
    }

    /// Reads the few kinds of literals.
    private struct Scanner {
        var rest: ArraySlice<UInt8>

        var isAtEnd: Bool { rest.allSatisfy(Self.isBlank) }

        mutating func expect(_ character: Character) throws(Refusal) {
            guard skip(character) else { throw Refusal(problem: "has no \(character) where one belongs") }
        }

        mutating func skip(_ character: Character) -> Bool {
            guard peek(character) else { return false }
            rest = rest.drop(while: Self.isBlank).dropFirst()
            return true
        }

        func peek(_ character: Character) -> Bool {
            rest.first { !Self.isBlank($0) } == character.asciiValue
        }

        /// In single or double quotes, without escapes.
        mutating func string() throws(Refusal) -> String {
            let quote: Character = peek("\"") ? "\"" : "'"
            guard skip(quote), let end = rest.firstIndex(of: quote.asciiValue ?? 0) else {
                throw Refusal(problem: "has no text in quotes where one belongs; arrays of records are not read")
            }
            let content = rest[..<end]
            rest = rest[end...].dropFirst()
            return String(decoding: content, as: UTF8.self)
        }

        mutating func flag() throws(Refusal) -> Bool {
            rest = rest.drop(while: Self.isBlank)
            for value in [true, false] where rest.starts(with: (value ? "True" : "False").utf8) {
                rest = rest.dropFirst(value ? 4 : 5)
                return value
            }
            throw Refusal(problem: "has no True or False where one belongs")
        }

        /// Whole numbers in parentheses.
        mutating func tuple(limit: Int) throws(Refusal) -> [Int] {
            var numbers: [Int] = []
            try expect("(")
            while !skip(")") {
                rest = rest.drop(while: Self.isBlank)
                let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                guard numbers.count < limit, let number = Int(String(decoding: digits, as: UTF8.self)) else {
                    throw Refusal(problem: "has a shape that cannot be")
                }
                numbers.append(number)
                rest = rest.dropFirst(digits.count)
                guard skip(",") || peek(")") else { throw Refusal(problem: "has a shape that cannot be") }
            }
            return numbers
        }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A }
    }
}
