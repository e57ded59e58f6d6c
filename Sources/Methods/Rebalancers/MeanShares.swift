import Tensors

/// The mean of all estimates of a distribution so far.
struct MeanShares {
    private var sum: [Float]
    private var estimates = 0

    init(classes: Int) {
        sum = [Float](repeating: 0, count: classes)
    }

    /// Takes in another estimate.
    mutating func add(_ shares: [Double]) {
        for (label, share) in shares.enumerated() { sum[label] += Float(share) }
        estimates += 1
    }

    /// Nil before the first estimate.
    var mean: [Double]? {
        estimates == 0 ? nil : sum.map { Double($0) / Double(estimates) }
    }

    /// What a checkpoint holds.
    func state() throws -> [String: HostTensor] {
        [
            "estimated_shares": try HostTensor(sum, shape: Shape([sum.count])),
            "estimates": try HostTensor([Int32(clamping: estimates)], shape: [1]),
        ]
    }

    /// Puts back what ``state()`` gave.
    mutating func restore(_ reader: inout StateReader) throws {
        sum = try reader.take("estimated_shares", Shape([sum.count]), .float32).floats
        estimates = Int(try reader.take("estimates", [1], .int32).integers()[0])
        guard estimates >= 0, sum.allSatisfy({ $0.isFinite && $0 >= 0 }),
            estimates == 0 || sum.contains(where: { $0 > 0 })
        else {
            throw MethodError.invalidState(name: "estimated_shares", problem: "or estimates is not made of shares")
        }
    }
}
