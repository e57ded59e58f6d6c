import Methods

/// Where each view lies in a batch's images.
struct BatchLayout {
    /// The views in their order; nothing but labelled images where a batch has no others.
    let views: [ImageView]
    private let labelledCount: Int
    private let unlabelledCount: Int

    /// The layout of a batch of all views that a method needs.
    init(of batch: Learner.Batch, _ requirements: MethodRequirements) {
        labelledCount = batch.labels.count
        unlabelledCount = batch.unlabelledIndices.count
        views = unlabelledCount > 0 ? requirements.views : [.labelled]
    }

    /// The rows of all views together. Those of a class-balanced batch follow.
    var rowCount: Int { labelledCount + (views.count - 1) * unlabelledCount }

    /// The rows of one of ``views``; none of another.
    func rows(of view: ImageView) -> Range<Int> {
        guard let index = views.firstIndex(of: view) else { return 0..<0 }
        guard index > 0 else { return 0..<labelledCount }
        let start = labelledCount + (index - 1) * unlabelledCount
        return start..<start + unlabelledCount
    }
}

extension StepInputs {
    /// Puts what the student says of a view, as it is, where methods look for it; beside the mixed rows, if there are some.
    mutating func setUnmixed(_ view: ImageView, _ outputs: ViewOutputs) {
        switch view {
        case .labelled: unmixedLabelled = outputs
        case .weak: weak = outputs
        case .secondWeak: secondWeak = outputs
        case .strong: strong = outputs
        case .secondStrong: secondStrong = outputs
        }
    }
}
