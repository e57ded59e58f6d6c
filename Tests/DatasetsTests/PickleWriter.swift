/// Writes pickles as Python's `pickle` does, to compare with: what NumPy's arrays, lists of numbers and texts become.
struct PickleWriter {
    /// Whose pickles they are like: the official archives are Python 2's.
    enum Dialect {
        /// Texts and bytes are the same.
        case python2
        /// Python 3 and NumPy 2 with protocol 2: bytes are texts that a function turns back.
        case python3
    }

    private let dialect: Dialect
    private(set) var bytes: [UInt8] = []

    /// A file with a dictionary: `labels` under a name, and `data`, rows of bytes.
    static func dictionary(
        _ dialect: Dialect = .python2, labels: [Int], under key: String = "labels", data: [[UInt8]]
    ) -> [UInt8] {
        var writer = PickleWriter(dialect: dialect)
        writer.add([0x80, 2], "}q")
        writer.add([0], "(")
        writer.text("batch_label")
        writer.text("a batch")
        writer.text(key)
        writer.add([], "]q")
        writer.add([1], "(")
        for label in labels { writer.integer(label) }
        writer.add([], "e")
        writer.text("data")
        writer.array(data)
        writer.add([], "u.")
        return writer.bytes
    }

    private init(dialect: Dialect) {
        self.dialect = dialect
    }

    /// Bytes, then instructions by their letters.
    private mutating func add(_ raw: [UInt8], _ letters: String) {
        bytes += raw + Array(letters.utf8)
    }

    private mutating func text(_ text: String) {
        let content = Array(text.utf8)
        switch dialect {
        case .python2: bytes += Array("U".utf8) + [UInt8(content.count)] + content
        case .python3: bytes += Array("X".utf8) + Self.littleEndian(content.count, 4) + content
        }
        add([], "q")
        bytes.append(2)
    }

    private mutating func integer(_ value: Int) {
        switch value {
        case 0...255: bytes += Array("K".utf8) + [UInt8(value)]
        case 256...65535: bytes += Array("M".utf8) + Self.littleEndian(value, 2)
        default: bytes += Array("J".utf8) + Self.littleEndian(value, 4)
        }
    }

    private mutating func array(_ rows: [[UInt8]]) {
        let module = dialect == .python2 ? "numpy.core.multiarray" : "numpy._core.multiarray"
        add([], "c\(module)\n_reconstruct\ncnumpy\nndarray\nK")
        add([0, 0x85], "")
        raw(Array("b".utf8))
        add([0x87], "Rq")
        add([3], "(K")
        add([1], "")
        integer(rows.count)
        integer(rows.first?.count ?? 0)
        add([0x86], "cnumpy\ndtype\n")
        text("u1")
        add([0x89, 0x88, 0x87], "R(K")
        add([3], "")
        text("|")
        add([], "NNNJ")
        add([255, 255, 255, 255], "J")
        add([255, 255, 255, 255], "K")
        add([0], "tb")
        add([0x89], "")
        raw(rows.flatMap(\.self))
        add([], "tb")
    }

    private mutating func raw(_ content: [UInt8]) {
        switch dialect {
        case .python2: bytes += Array("T".utf8) + Self.littleEndian(content.count, 4) + content
        case .python3:
            let text = Array(String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) })).utf8)
            add([], "c_codecs\nencode\nX")
            bytes += Self.littleEndian(text.count, 4) + text
            self.text("latin1")
            add([0x86], "R")
        }
    }

    private static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
