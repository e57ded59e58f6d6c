/// What a pickle's instructions make. Values hold no others but by their place in the list of objects: so nothing is freed
/// in a deep recursion, and a list that holds itself is no leak.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// Bytes of the file: a string of Python 2, or bytes of Python 3.
    case bytes(Range<Int>)
    /// Bytes of the file in UTF-8.
    case text(Range<Int>)
    case callable(PickleCallable)
    /// The place of a ``PickleObject``.
    case object(Int)
}

/// What is made of other values.
enum PickleObject {
    case list([PickleValue])
    case tuple([PickleValue])
    case dictionary([(key: PickleValue, value: PickleValue)])
    /// What calling `callable` would give, which nobody does: it is only noted. `arguments` is the place of a tuple.
    case call(PickleCallable, arguments: Int, state: PickleValue?)
}

/// The four functions that NumPy's arrays are pickled with. They are told apart, and never called.
enum PickleCallable {
    /// `_reconstruct(ndarray, (0,), b"b")`: an empty array, whose state has everything.
    case reconstruct
    /// The class of arrays.
    case array
    /// `dtype("u1", False, True)`: the type of elements.
    case elementType
    /// `encode(text, "latin1")`: how protocol 2 has the bytes of Python 3.
    case encode

    /// Nil for every other name.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): self = .reconstruct
        case ("numpy", "ndarray"): self = .array
        case ("numpy", "dtype"): self = .elementType
        case ("_codecs", "encode"): self = .encode
        default: return nil
        }
    }
}
