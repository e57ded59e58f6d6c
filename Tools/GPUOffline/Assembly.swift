/// A line of a kernel in assembly.
enum AssemblyLine {
    case label(String)
    case instruction(Instruction)
}

/// An instruction, or two in one word.
struct Instruction {
    /// Where it goes on.
    enum Flow {
        case next
        /// To the label; if that is conditional, perhaps not.
        case jump(String, isConditional: Bool)
        case end
    }

    var count = 1
    var multiplyAdds = 0
    var flow = Flow.next
}

/// The instructions of a piece of a kernel.
struct InstructionMix {
    /// Multiply-adds in float32, and products of matrix units.
    private(set) var multiplyAdds = 0
    /// All instructions, these among them, each once however often it runs. Waits and hints to the scheduler, which take no
    /// arithmetic unit's time, are left out: `s_waitcnt`, `s_nop`, `s_delay_alu`, `s_clause`, `NOP`.
    private(set) var instructions = 0

    /// The multiply-adds' part, from 0 to 1.
    var share: Double { Double(multiplyAdds) / Double(max(1, instructions)) }

    fileprivate mutating func add(_ instruction: Instruction) {
        multiplyAdds += instruction.multiplyAdds
        instructions += instruction.count
    }
}

/// A kernel's instructions in blocks that are entered at the first and left at the last.
struct ControlFlow {
    private var mixes: [InstructionMix] = []
    private var successors: [[Int]] = []
    private var predecessors: [[Int]] = []

    init(_ lines: [AssemblyLine]) {
        var labels: [String: Int] = [:]
        var flows: [Instruction.Flow] = []
        var isOpen = false
        func begin() {
            mixes.append(InstructionMix())
            flows.append(.next)
            isOpen = true
        }
        for line in lines {
            switch line {
            case .label(let name):
                begin()
                labels[name] = mixes.count - 1
            case .instruction(let instruction):
                if !isOpen { begin() }
                mixes[mixes.count - 1].add(instruction)
                if case .next = instruction.flow { continue }
                flows[flows.count - 1] = instruction.flow
                isOpen = false
            }
        }
        successors = flows.enumerated().map { index, flow in
            let next = index + 1 < flows.count ? [index + 1] : []
            switch flow {
            case .next: return next
            case .end: return []
            case .jump(let label, let isConditional):
                return (labels[label].map { [$0] } ?? []) + (isConditional ? next : [])
            }
        }
        predecessors = [[Int]](repeating: [], count: mixes.count)
        for (block, targets) in successors.enumerated() {
            for target in targets { predecessors[target].append(block) }
        }
    }

    /// The loop that does most multiply-adds, the innermost of those that share them; nil if no loop does any.
    ///
    /// A loop is what can reach a jump back to a block that every way to the jump has passed.
    var innerLoop: InstructionMix? {
        let dominators = dominators
        var bodies: [Int: Set<Int>] = [:]
        for (block, targets) in successors.enumerated() {
            for head in targets where dominators[block].contains(head) {
                bodies[head, default: [head]].formUnion(body(from: block, to: head))
            }
        }
        let loops = bodies.values.map { body in
            body.reduce(into: InstructionMix()) { sum, block in
                sum.add(Instruction(count: mixes[block].instructions, multiplyAdds: mixes[block].multiplyAdds))
            }
        }
        return loops.filter { $0.multiplyAdds > 0 }
            .max { ($0.multiplyAdds, $1.instructions) < ($1.multiplyAdds, $0.instructions) }
    }

    /// What reaches `end` without passing `head`, and both.
    private func body(from end: Int, to head: Int) -> Set<Int> {
        var body: Set = [head, end]
        var open = end == head ? [] : [end]
        while let block = open.popLast() {
            open += predecessors[block].filter { body.insert($0).inserted }
        }
        return body
    }

    /// For each block those that every way to it passes, itself among them; all for what cannot be reached.
    private var dominators: [Set<Int>] {
        let all = Set(mixes.indices)
        var dominators = mixes.indices.map { $0 == 0 ? [0] : all }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for block in mixes.indices.dropFirst() where !predecessors[block].isEmpty {
                let common = predecessors[block].dropFirst().reduce(dominators[predecessors[block][0]]) {
                    $0.intersection(dominators[$1])
                }
                let found = common.union([block])
                if found != dominators[block] {
                    dominators[block] = found
                    hasChanged = true
                }
            }
        }
        return dominators
    }
}
