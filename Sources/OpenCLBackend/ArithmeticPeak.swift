import Tensors

extension OpenCLBackend {
    /// By Benchmark/MultiplyAdds.cl, with as many independent sums as suit the device best: few where registers are few,
    /// many where a multiply-add takes long.
    public func measureArithmeticPeak() throws -> Double {
        try [6, 12].map(multiplyAddRate(sums:)).max() ?? 0
    }

    /// Floating-point operations a second with so many sums in each work-item.
    private func multiplyAddRate(sums: Int) throws -> Double {
        let geometry = programs.geometry
        // Several work-groups for each core, so that one that is held up does not hold up all.
        let items = geometry.chunkItems * hardware.computeUnits * 16
        let results = try makeTensor([items], .float32)
        return try PeakTimer.bestRate { rounds in
            try launch(
                "multiplyAdds", in: "Benchmark/MultiplyAdds.cl", definitions: ["SUMS": .integer(sums)],
                global: [items], local: [geometry.chunkItems],
                arguments: [.tensor(results), .int(rounds), .float(0.5), .float(0.5)])
            try synchronize()
            return 2 * sums * geometry.vector * items * rounds
        }
    }
}
