/// The heads of the published self-supervised methods. `featureWidth` is D; the widths are settings, since those of the
/// papers belong to a ResNet-50 with D = 2048.
extension MultiLayerPerceptron {
    /// D → D → width, as SimCLR (Chen et al., ICML 2020, section 3: width 128) and MoCo v2 (Chen et al., 2020) have it: one
    /// hidden layer, nothing normalised.
    public static func contrastiveProjection(featureWidth: Int, width: Int = 128) throws -> MultiLayerPerceptron {
        try MultiLayerPerceptron(
            "projection", widths: [featureWidth, featureWidth, width], normalizesHidden: false,
            normalizesOutput: false)
    }

    /// SimSiam's projection (Chen, He, CVPR 2021, section 3): every layer normalised, the last one too; three layers of
    /// 2048 columns for ImageNet, two for CIFAR. The paper's text has scale and shift in the last normalization, its code
    /// has not; here they learn.
    public static func simSiamProjection(
        featureWidth: Int, width: Int = 2048, layers: Int = 2
    ) throws -> MultiLayerPerceptron {
        try MultiLayerPerceptron(
            "projection", widths: [featureWidth] + [Int](repeating: width, count: max(0, layers)),
            normalizesHidden: true, normalizesOutput: true)
    }

    /// SimSiam's prediction of one view's projection from the other's: a bottleneck of a quarter of the columns, its hidden
    /// layer normalised.
    public static func simSiamPrediction(width: Int = 2048) throws -> MultiLayerPerceptron {
        try MultiLayerPerceptron(
            "prediction", widths: [width, max(1, width / 4), width], normalizesHidden: true, normalizesOutput: false)
    }

    /// BYOL's projection (Grill et al., NeurIPS 2020, section 3.3): D → 4096 → 256, the hidden layer normalised.
    public static func byolProjection(
        featureWidth: Int, hiddenWidth: Int = 4096, width: Int = 256
    ) throws -> MultiLayerPerceptron {
        try MultiLayerPerceptron(
            "projection", widths: [featureWidth, hiddenWidth, width], normalizesHidden: true, normalizesOutput: false)
    }

    /// BYOL's prediction, of the projection's form.
    public static func byolPrediction(hiddenWidth: Int = 4096, width: Int = 256) throws -> MultiLayerPerceptron {
        try MultiLayerPerceptron(
            "prediction", widths: [width, hiddenWidth, width], normalizesHidden: true, normalizesOutput: false)
    }

    /// Barlow Twins' projection (Zbontar et al., ICML 2021, section 3): three layers of one width, the hidden ones
    /// normalised; its loss standardises the output.
    public static func barlowTwinsProjection(featureWidth: Int, width: Int = 8192) throws -> MultiLayerPerceptron {
        try MultiLayerPerceptron(
            "projection", widths: [featureWidth, width, width, width], normalizesHidden: true,
            normalizesOutput: false)
    }
}
