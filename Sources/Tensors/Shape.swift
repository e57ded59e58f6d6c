/// The lengths of a tensor's dimensions, outermost first: `[N, H, W, C]` for activations, `[N, K]` for rows of logits.
///
/// A tensor is stored densely in row-major order, so the shape alone fixes where each element lies.
public struct Shape: Hashable, Sendable {
    /// The length of each dimension; none is negative.
    public let dimensions: [Int]

    /// The most elements that a shape may have: their bytes can then be counted in an `Int`, even in double precision.
    private static let largestCount = Int.max / 8

    /// - Throws: `TensorError.invalidArgument` if a dimension is negative or there are too many elements to count.
    public init(_ dimensions: [Int]) throws {
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard dimension >= 0, !overflow, product <= Self.largestCount else {
                throw TensorError.invalidArgument(
                    operation: "Shape", problem: "\(dimensions) is not a shape: a dimension is negative or too large")
            }
            count = product
        }
        self.dimensions = dimensions
    }

    /// The number of dimensions.
    public var rank: Int { dimensions.count }

    /// The number of elements; 1 for the empty shape.
    public var count: Int { dimensions.reduce(1, *) }

    /// The length of dimension `index`.
    public subscript(index: Int) -> Int { dimensions[index] }

    /// The length of the innermost dimension: channels of an activation, classes of logits. 1 for the empty shape.
    public var columns: Int { dimensions.last ?? 1 }

    /// How many rows of `columns` elements the tensor holds: all dimensions but the innermost, multiplied.
    public var rows: Int { dimensions.dropLast().reduce(1, *) }
}

extension Shape: ExpressibleByArrayLiteral {
    /// A shape written in the program's text. A negative literal is a mistake of the programmer, and traps.
    public init(arrayLiteral elements: Int...) {
        precondition(elements.allSatisfy { $0 >= 0 }, "\(elements) is not a shape")
        dimensions = elements
    }
}

extension Shape: CustomStringConvertible {
    /// `64×32×32×3`, or `scalar` for the empty shape.
    public var description: String {
        dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "×")
    }
}
