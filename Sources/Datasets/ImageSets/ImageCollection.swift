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

extension ImageCollection {
    /// Images that are the same byte for byte: in training, those that are there a second time; in testing, those that are
    /// among the training images, too.
    public var duplicates: (train: Int, test: Int) {
        var known: [Int: [Int]] = [:]
        var again = 0
        for index in 0..<train.count {
            let image = train.image(at: index).pixels
            let candidates = known[image.hashValue, default: []]
            if candidates.contains(where: { train.image(at: $0).pixels == image }) {
                again += 1
            } else {
                known[image.hashValue] = candidates + [index]
            }
        }
        let seen = (0..<test.count).count { index in
            let image = test.image(at: index).pixels
            return known[image.hashValue, default: []].contains { train.image(at: $0).pixels == image }
        }
        return (again, seen)
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
