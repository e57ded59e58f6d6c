/// The stack machine that Python's pickles are programs for, as far as data of numbers and texts need it. It executes
/// nothing: functions that a pickle names are noted, if they are among the four of ``PickleCallable``, and the pickle is
/// refused if not.
///
/// Memory grows with the file, and no further: values refer to the file's bytes, each instruction makes one value at most,
/// and there is a limit to instructions.
struct PickleMachine {
    /// Why a pickle is refused.
    struct Refusal: Error {
        let problem: String
    }

    /// CIFAR-100's training file takes about 250,000.
    static let instructionLimit = 1 << 20
    /// Names of modules and functions are shorter.
    private static let nameLimit = 128

    /// Lists, tuples and so on, in the order of their making.
    private(set) var objects: [PickleObject] = []

    private let bytes: [UInt8]
    private var position = 0
    private var stack: [PickleValue] = []
    /// Where MARK was said: the lengths of the stack.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Carries out everything up to STOP, and gives what is left.
    ///
    /// - Throws: ``Refusal``.
    mutating func run() throws(Refusal) -> PickleValue {
        for _ in 0..<Self.instructionLimit {
            let byte = try byte()
            guard let instruction = PickleInstruction(rawValue: byte) else {
                throw Refusal(
                    problem:
                        "the instruction \(PickleInstruction.name(ofRefused: byte)) is refused; pickle it again with "
                        + "protocol=2, as numbers, texts, lists, dictionaries and arrays")
            }
            if instruction == .stop { return try pop() }
            try carryOut(instruction)
        }
        throw Refusal(problem: "has more than \(Self.instructionLimit) instructions")
    }

    private mutating func carryOut(_ instruction: PickleInstruction) throws(Refusal) {
        switch instruction {
        case .stop: break
        case .protocol:
            let version = try byte()
            guard version == 2 || version == 3 else {
                throw Refusal(problem: "has protocol \(version); pickle it again with protocol=2")
            }
        case .mark: marks.append(stack.count)
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case .binInt1: stack.append(.integer(try number(1)))
        case .binInt2: stack.append(.integer(try number(2)))
        case .shortBinString, .shortBinBytes: stack.append(.bytes(try range(try number(1))))
        case .binString, .binBytes: stack.append(.bytes(try range(try number(4))))
        case .binUnicode: stack.append(.text(try range(try number(4))))
        case .global: stack.append(.callable(try callable()))
        case .binPut: memo[try number(1)] = try top()
        case .longBinPut: memo[try number(4)] = try top()
        case .binGet: try recall(try number(1))
        case .longBinGet: try recall(try number(4))
        case .emptyList: make(.list([]))
        case .emptyDictionary: make(.dictionary([]))
        case .emptyTuple: make(.tuple([]))
        case .tuple1: make(.tuple(try pop(1)))
        case .tuple2: make(.tuple(try pop(2)))
        case .tuple3: make(.tuple(try pop(3)))
        case .tuple: make(.tuple(try popToMark()))
        case .append: try append(try pop(1))
        case .appends: try append(try popToMark())
        case .setItem: try set(try pop(2))
        case .setItems: try set(try popToMark())
        case .reduce: try reduce()
        case .build: try build()
        }
    }

    // MARK: - Objects

    private mutating func make(_ object: PickleObject) {
        stack.append(.object(objects.count))
        objects.append(object)
    }

    private mutating func append(_ values: [PickleValue]) throws(Refusal) {
        guard case .object(let place) = try top(), case .list(var list) = objects[place] else {
            throw Refusal(problem: "appends to something that is no list")
        }
        objects[place] = .list([])
        list += values
        objects[place] = .list(list)
    }

    private mutating func set(_ values: [PickleValue]) throws(Refusal) {
        guard case .object(let place) = try top(), case .dictionary(var items) = objects[place],
            values.count.isMultiple(of: 2)
        else { throw Refusal(problem: "sets items of something that is no dictionary") }
        objects[place] = .dictionary([])
        for index in stride(from: 0, to: values.count, by: 2) { items.append((values[index], values[index + 1])) }
        objects[place] = .dictionary(items)
    }

    private mutating func reduce() throws(Refusal) {
        let values = try pop(2)
        guard case .callable(let callable) = values[0], case .object(let arguments) = values[1],
            case .tuple = objects[arguments]
        else { throw Refusal(problem: "calls something that is no function, or without arguments") }
        make(.call(callable, arguments: arguments, state: nil))
    }

    private mutating func build() throws(Refusal) {
        let state = try pop()
        guard case .object(let place) = try top(), case .call(let callable, let arguments, _) = objects[place] else {
            throw Refusal(problem: "gives a state to something that has none")
        }
        objects[place] = .call(callable, arguments: arguments, state: state)
    }

    private mutating func callable() throws(Refusal) -> PickleCallable {
        let (module, name) = (try line(), try line())
        guard let callable = PickleCallable(module: module, name: name) else {
            throw Refusal(problem: "names \(module).\(name), which is refused: nothing in a pickle is run")
        }
        return callable
    }

    // MARK: - The stack

    private func top() throws(Refusal) -> PickleValue {
        guard let value = stack.last, stack.count > marks.last ?? 0 else {
            throw Refusal(problem: "takes more from its stack than it has put there")
        }
        return value
    }

    private mutating func pop() throws(Refusal) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    /// The last so many values, the last one at the end.
    private mutating func pop(_ count: Int) throws(Refusal) -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else {
            throw Refusal(problem: "takes more from its stack than it has put there")
        }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(Refusal) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else {
            throw Refusal(problem: "goes back to a mark that it has not made")
        }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private mutating func recall(_ index: Int) throws(Refusal) {
        guard let value = memo[index] else { throw Refusal(problem: "recalls what it has not kept") }
        stack.append(value)
    }

    // MARK: - The file

    private mutating func byte() throws(Refusal) -> UInt8 {
        guard position < bytes.count else { throw Refusal(problem: "ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    /// A number of so many bytes, the lowest first.
    private mutating func number(_ length: Int) throws(Refusal) -> Int {
        try range(length).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    }

    private mutating func range(_ length: Int) throws(Refusal) -> Range<Int> {
        guard length <= bytes.count - position else { throw Refusal(problem: "ends too early") }
        defer { position += length }
        return position..<position + length
    }

    private mutating func line() throws(Refusal) -> String {
        let text = bytes[position...].prefix(Self.nameLimit).prefix { $0 != UInt8(ascii: "\n") }
        position += text.count
        guard text.allSatisfy({ (0x21...0x7E).contains($0) }), try byte() == UInt8(ascii: "\n") else {
            throw Refusal(problem: "names a function in a way that cannot be read")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
