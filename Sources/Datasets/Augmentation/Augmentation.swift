import Tensors

/// How weak and strong views are made: as published by one of three groups, whose results differ by it.
public enum Augmentation: String, CaseIterable, Codable, Sendable {
    /// Oh, Kim, Kweon, "DASO", CVPR 2022, appendix C, and official code.
    case daso
    /// Wang et al., "USB", NeurIPS 2022, and ADELLO.
    case usb
    /// BMB, and DARP and ABC before it. Shifted images are black at the border.
    case bmb

    /// The weak views.
    var weak: WeakAugmentation {
        switch self {
        case .daso, .usb: WeakAugmentation(padding: .reflection)
        case .bmb: WeakAugmentation(padding: .zero)
        }
    }

    /// The strong views of images that are normalised in this way.
    func strong(_ normalization: ImageNormalization) -> StrongAugmentation {
        switch self {
        case .daso: .daso
        case .usb: .usb
        case .bmb: .bmb(mean: normalization.mean.map { UInt8(min(max($0 * 255, 0), 255).rounded()) })
        }
    }

    /// How images of a data set are normalised: as the data set says, but for CIFAR-10 in USB, which has ImageNet's
    /// constants there, and STL-10, which has its own.
    public func normalization(of images: ImageCollection) -> ImageNormalization {
        guard self == .usb, images.train.channels == 3 else { return images.normalization }
        switch DatasetName(rawValue: images.train.name) {
        case .cifar10:
            return ImageNormalization(mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
        case .stl10:
            return ImageNormalization(
                mean: [112.4, 109.1, 98.6].map { $0 / 255 }, standardDeviation: [68.4, 66.6, 68.5].map { $0 / 255 })
        default:
            return images.normalization
        }
    }
}
