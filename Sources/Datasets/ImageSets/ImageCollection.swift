/// A whole data set: what is trained on, what is tested with, and how pixels become numbers.
public struct ImageCollection: Sendable {
    /// The training images.
    public let train: ImageDataset
    /// The test images, of the same size and classes.
    public let test: ImageDataset
    /// By the mean and standard deviation of the training images.
    public let normalization: ImageNormalization
    /// What a person should know about the files.
    public let warnings: [String]

    /// What the images are like.
    public var form: ImageForm {
        ImageForm(height: train.height, width: train.width, channels: train.channels, classNames: train.classNames)
    }
}

/// What all images of a data set have in common.
public struct ImageForm: Hashable, Sendable {
    /// Rows of pixels.
    public let height: Int
    /// Columns of pixels.
    public let width: Int
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// A name for each class.
    public let classNames: [String]

    /// Bytes of one image.
    public var imageByteCount: Int { height * width * channels }
}
