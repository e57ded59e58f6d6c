import Tensors

/// How many pseudo-labels of each class a step had, in the mean over the steps counted.
struct MeanCounts {
    private var totals: [Int]
    private var steps = 0

    init(classes: Int) {
        totals = [Int](repeating: 0, count: classes)
    }

    /// Counts one step's labels.
    mutating func add(_ labels: [Int]) {
        for label in labels { totals[label] += 1 }
        steps += 1
    }

    /// Of each class; zeros before the first step.
    var means: [Double] { totals.map { Double($0) / Double(max(steps, 1)) } }

    /// What a checkpoint holds.
    func state() throws -> [String: HostTensor] {
        [
            "pseudo_label_counts": try HostTensor(
                totals.map(Int32.init(clamping:)), shape: try Shape([totals.count])),
            "pseudo_label_steps": try HostTensor([Int32(clamping: steps)], shape: [1]),
        ]
    }

    /// Puts back what ``state()`` gave.
    mutating func restore(_ reader: inout StateReader) throws {
        let shape = try Shape([totals.count])
        totals = try reader.take("pseudo_label_counts", shape, .int32).integers().map(Int.init)
        steps = Int(try reader.take("pseudo_label_steps", [1], .int32).integers()[0])
        guard steps >= 0, totals.allSatisfy({ $0 >= 0 }) else {
            throw MethodError.invalidState(name: "pseudo_label_counts", problem: "or pseudo_label_steps is below 0")
        }
    }
}
