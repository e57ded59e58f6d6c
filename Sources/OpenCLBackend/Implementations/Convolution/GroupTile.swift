/// What a work-group of a GPU-like convolution computes in its registers, and how: GroupProduct.h.
struct GroupTile {
    /// Who multiplies.
    enum Arithmetic {
        /// Every work-item by itself, for 8 rows and so many columns.
        case multiplyAdds(itemColumns: Int)
        /// Matrix units, 32 work-items together for 32 rows and so many columns: MatrixUnits.h.
        case matrixUnits(warpColumns: Int)
    }

    let rows, columns: Int
    let arithmetic: Arithmetic

    /// Work-items of a work-group.
    var workItems: Int {
        switch arithmetic {
        case .multiplyAdds(let itemColumns): rows / 8 * (columns / itemColumns)
        case .matrixUnits(let warpColumns): 32 * (rows / 32) * (columns / warpColumns)
        }
    }

    /// The macros of GroupProduct.h.
    var definitions: Definitions {
        switch arithmetic {
        case .multiplyAdds(let itemColumns):
            [
                "TILE_ROWS": .integer(rows), "TILE_COLUMNS": .integer(columns), "ITEM_COLUMNS": .integer(itemColumns),
            ]
        case .matrixUnits(let warpColumns):
            [
                "TILE_ROWS": .integer(rows), "TILE_COLUMNS": .integer(columns), "WARP_COLUMNS": .integer(warpColumns),
                "MATRIX_UNITS": 1,
            ]
        }
    }

    /// Whether the device has such work-groups, and local memory for two pairs of tiles, `depth` deep.
    func runs(on device: OpenCLDevice, depth: Int) -> Bool {
        device.runs(workItems: workItems, localBytes: localBytes(depth: depth)) && isOffered(by: device)
    }

    private func localBytes(depth: Int) -> Int {
        switch arithmetic {
        // The pixels' rows may be a vector longer.
        case .multiplyAdds: 4 * 2 * depth * (rows + 4 + columns)
        // And what the lanes exchange where there are no matrix units.
        case .matrixUnits: 4 * (2 * depth * (rows + 8 + columns + 8) + workItems / 32 * 384)
        }
    }

    /// Matrix units are NVIDIA's. A CPU that is told to run a GPU's kernels multiplies their fragments without any, which
    /// is slow, but right; on a GPU it would only be slow.
    private func isOffered(by device: OpenCLDevice) -> Bool {
        switch arithmetic {
        case .multiplyAdds: true
        case .matrixUnits: device.hasTensorFloatUnits || device.kind == .cpu
        }
    }
}
