import Tensors

/// The macros with which a kernel file is compiled: `["CHANNELS": 32]` becomes `-D CHANNELS=32`. Part of the key by which
/// compiled kernels are found, so it is hashed at every launch: keep it short.
struct Definitions: Hashable, ExpressibleByDictionaryLiteral {
    /// What a macro stands for.
    enum Value: Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
        case integer(Int)
        case text(String)

        init(integerLiteral value: Int) { self = .integer(value) }
        init(stringLiteral value: String) { self = .text(value) }
    }

    private struct Definition: Hashable {
        let name: String
        let value: Value
    }

    private var definitions: [Definition]

    init(dictionaryLiteral elements: (String, Value)...) {
        definitions = elements.map(Definition.init)
    }

    /// Macros, and what Common/Activation.h needs to know: nothing for float32.
    init(storing activations: ElementType, _ others: Definitions = [:]) {
        self = others
        if activations == .float16 { definitions.append(Definition(name: "HALF_ACTIVATIONS", value: 1)) }
    }

    /// The macros of both.
    static func + (first: Definitions, second: Definitions) -> Definitions {
        var both = first
        both.definitions += second.definitions
        return both
    }

    /// The compiler's options.
    var options: [String] {
        definitions.map { definition in
            switch definition.value {
            case .integer(let value): "-D \(definition.name)=\(value)"
            case .text(let value): "-D \(definition.name)=\(value)"
            }
        }
    }
}
