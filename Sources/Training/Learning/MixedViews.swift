import Methods
import NeuralNetworks
import Tensors

extension Learner {
    /// What a method sees of a batch whose images are mixed.
    ///
    /// As in the code of DASO and of ABC, the weak views go through the network first, one after another, in training mode:
    /// they are normalised by their own statistics, which also move the running ones (in USB's code they do not). No
    /// gradient flows into them. Then all rows are mixed, and the network sees in one forward pass the mixed rows, the
    /// views that are needed as they are, and the first strong view turned, if there is a rotation head. (The published
    /// code has a forward pass for each of these, and interleaves the mixed rows in several.)
    func mixedInputs(
        _ batch: Batch, _ layout: BatchLayout, _ requirements: MixingRequirements, step: Int, on tape: Tape
    ) throws -> StepInputs {
        func images(of view: ImageView) throws -> Tensor { try batch.images.slice(layout.rows(of: view)) }
        let withoutGradient = Tape(on: backend, recording: false)
        let weakViews = try layout.views.filter { [.weak, .secondWeak].contains($0) }.map { view in
            (view, try forward(images(of: view), counts: [layout.rows(of: view).count], on: withoutGradient)[0])
        }

        let mixing = try Mixing(
            ofRows: layout.rowCount, requirements, step: UInt32(truncatingIfNeeded: step), seed: seed, on: backend)
        let labelledCount = layout.rows(of: .labelled).count
        var parts = [try mixing.mixed(batch.images.slice(0..<layout.rowCount), on: backend)]
        var counts = [labelledCount, layout.rowCount - labelledCount]
        func append(_ images: Tensor) {
            parts.append(images)
            counts.append(images.shape[0])
        }
        let unmixedViews = layout.views.filter(method.requirements.unmixedViews.contains)
        for view in unmixedViews { append(try images(of: view)) }
        var turns: QuarterTurns?
        if method.requirements.usesRotationHead {
            let drawn = QuarterTurns(
                count: layout.rows(of: .strong).count, step: UInt32(truncatingIfNeeded: step), seed: seed)
            append(try drawn.turned(images(of: .strong), on: backend))
            turns = drawn
        }
        let joint = parts.count == 1 ? parts[0] : try tape.concatenate(parts.map(tape.constant)).value
        var outputs = try forward(joint, counts: counts, on: tape)[...]

        var inputs = self.inputs(of: batch, step: step, labelled: outputs.removeFirst())
        inputs.mixed = outputs.removeFirst()
        inputs.mixing = mixing
        for (view, outputs) in weakViews { inputs.setUnmixed(view, outputs) }
        for view in unmixedViews { inputs.setUnmixed(view, outputs.removeFirst()) }
        if let turns, let turned = outputs.popFirst() {
            inputs.rotation = (try student.rotationLogits(of: turned.features, on: tape), turns.turns)
        }
        return inputs
    }
}

extension Mixing {
    /// One step's draw, the same on every backend: nothing has to be saved.
    init(
        ofRows count: Int, _ requirements: MixingRequirements, step: UInt32, seed: UInt64, on backend: any Backend
    ) throws {
        func stream(_ sample: UInt32) -> RandomStream {
            RandomStream(seed: seed, purpose: .mixing, step: step, sample: sample)
        }
        var generator = PhiloxGenerator(stream(0))
        let share = generator.beta(concentration: requirements.concentration)
        self.init(
            weight: Float(max(share, 1 - share)),
            permutation: try backend.randomPermutation(count, stream: stream(1)))
    }
}
