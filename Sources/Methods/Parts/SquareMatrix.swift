/// A small square matrix on the host, in double precision.
struct SquareMatrix {
    /// Row after row.
    private(set) var rows: [[Double]]

    /// - Precondition: as many rows as each row has entries.
    init(rows: [[Double]]) {
        self.rows = rows
    }

    /// `A x`.
    func times(_ vector: [Double]) -> [Double] {
        rows.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// `Aᵀ`.
    var transposed: SquareMatrix {
        SquareMatrix(rows: rows.indices.map { column in rows.map { $0[column] } })
    }

    /// `A⁻¹`, by Gauss–Jordan elimination with row pivoting; nil if there is none.
    var inverse: SquareMatrix? {
        var left = rows
        var right = rows.indices.map { row in rows.indices.map { $0 == row ? 1.0 : 0.0 } }
        for column in left.indices {
            let pivot = (column..<left.count).max { abs(left[$0][column]) < abs(left[$1][column]) } ?? column
            left.swapAt(column, pivot)
            right.swapAt(column, pivot)
            let scale = 1 / left[column][column]
            guard scale.isFinite else { return nil }
            for index in left.indices {
                left[column][index] *= scale
                right[column][index] *= scale
            }
            for row in left.indices where row != column {
                let factor = left[row][column]
                for index in left.indices {
                    left[row][index] -= factor * left[column][index]
                    right[row][index] -= factor * right[column][index]
                }
            }
        }
        return SquareMatrix(rows: right)
    }

    /// The largest singular value, by power iteration on `Aᵀ A`.
    var spectralNorm: Double {
        let transposed = transposed
        // Uneven, so as not to be orthogonal to the vector that is looked for.
        var vector = rows.indices.map { 1 / Double($0 + 1) }
        var norm = 0.0
        for _ in 0..<1000 {
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0, length.isFinite else { break }
            vector = transposed.times(times(vector.map { $0 / length }))
            let earlier = norm
            norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot().squareRoot()
            if abs(norm - earlier) <= 1e-9 * norm { break }
        }
        return norm
    }
}
