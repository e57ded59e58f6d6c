/// The data sets that can be asked for by name.
public enum DatasetName: String, CaseIterable, Codable, Sendable {
    case fashionMNIST = "fashion-mnist"
    case cifar10
    case cifar100
    case stl10

    /// The folder that is read where the user names none.
    public var defaultRoot: String {
        switch self {
        case .fashionMNIST: "/usr/share/datasets/fashion-mnist"
        case .cifar10: "data/cifar-10-batches-bin"
        case .cifar100: "data/cifar-100-binary"
        case .stl10: "data/stl10_binary"
        }
    }

    /// Rows, columns and channels of an image.
    public var imageSize: (height: Int, width: Int, channels: Int) {
        switch self {
        case .fashionMNIST: (FashionMNIST.side, FashionMNIST.side, 1)
        case .cifar10, .cifar100: (CIFARFile.side, CIFARFile.side, CIFARFile.channels)
        case .stl10: (STL10.side, STL10.side, STL10File.channels)
        }
    }

    /// The number of classes.
    public var classes: Int { classNames.count }

    /// A name for each class.
    public var classNames: [String] {
        switch self {
        case .fashionMNIST: FashionMNIST.classNames
        case .cifar10: CIFAR.classNames10
        case .cifar100: CIFAR.classNames100
        case .stl10: STL10.classNames
        }
    }

    /// The mean and standard deviation of the training images, by which images are normalised.
    ///
    /// Fashion-MNIST: computed over the 60,000 training images. CIFAR and STL-10: the constants of DASO's official code
    /// (Oh, Kim, Kweon, CVPR 2022), which takes CIFAR-10's for STL-10, too.
    public var normalization: ImageNormalization {
        switch self {
        case .fashionMNIST:
            ImageNormalization(mean: [0.2860], standardDeviation: [0.3530])
        case .cifar10, .stl10:
            ImageNormalization(mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2471, 0.2435, 0.2616])
        case .cifar100:
            ImageNormalization(mean: [0.5071, 0.4865, 0.4409], standardDeviation: [0.2673, 0.2564, 0.2762])
        }
    }

    /// Reads the training and the test images from the folder `root`, or from ``defaultRoot`` if that is nil.
    ///
    /// - Throws: `DatasetError.missing` or `.corrupt`, naming the file.
    public func load(from root: String? = nil) throws -> (train: ImageDataset, test: ImageDataset) {
        let root = root ?? defaultRoot
        switch self {
        case .fashionMNIST: return try FashionMNIST.load(from: root)
        case .cifar10: return try CIFAR.load10(from: root)
        case .cifar100: return try CIFAR.load100(from: root)
        case .stl10: return try STL10.load(from: root)
        }
    }
}
