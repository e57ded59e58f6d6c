/// The views of images that a training step sees.
public enum ImageView: Hashable, Sendable {
    /// The B labelled images' weak view.
    case labelled
    /// The Bu unlabelled images' views.
    case weak, secondWeak, strong, secondStrong
}

extension MethodRequirements {
    /// The views that the method needs, in their order in a batch.
    public var views: [ImageView] {
        [.labelled] + [.weak, .secondWeak].prefix(weakViews) + [.strong, .secondStrong].prefix(strongViews)
    }
}
