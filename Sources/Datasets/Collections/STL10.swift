import Foundation

/// STL-10: 5000 training, 8000 test and 100,000 unlabelled images in colour, the last ones of more kinds than the 10 classes.
/// They are 96×96 in the files and 32×32 here, which is what the papers on uneven classes train on.
///
/// Source: Coates, Lee, Ng, "An analysis of single-layer networks in unsupervised feature learning", AISTATS 2011.
enum STL10 {
    /// Rows and columns of an image.
    static let side = 32

    static let classNames = [
        "airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck",
    ]

    /// Reads `train_X.bin`, `train_y.bin`, `unlabeled_X.bin`, `test_X.bin` and `test_y.bin`. In the training set the labelled
    /// images come first.
    static func load(from root: String) throws -> (train: ImageDataset, test: ImageDataset) {
        let advice =
            "unpack https://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz so that its files are in \(root)"
        func path(_ name: String) -> String { URL(fileURLWithPath: root).appendingPathComponent(name).path }
        func labels(_ name: String) throws -> [Int] {
            try STL10File.labels(path: path(name), classes: classNames.count, advice: advice)
        }
        func images(_ name: String) throws -> Data {
            try STL10File.images(path: path(name), side: side, advice: advice)
        }
        let form = ImageForm(height: side, width: side, channels: STL10File.channels, classNames: classNames)
        func labelled(_ part: String) throws -> (labels: [Int], pixels: Data) {
            let (name, labels) = ("\(part)_X.bin", try labels("\(part)_y.bin"))
            let pixels = try images(name)
            guard pixels.count == labels.count * form.imageByteCount else {
                throw DatasetError.corrupt(
                    path: path(name),
                    problem:
                        "has \(pixels.count / form.imageByteCount) images, but \(part)_y.bin \(labels.count) labels")
            }
            return (labels, pixels)
        }
        // What is small and what is wrong first: the unlabelled images take a while.
        let (test, train) = (try labelled("test"), try labelled("train"))
        let unlabelled = try images("unlabeled_X.bin")
        let unknown = Array(repeating: ImageDataset.unknownLabel, count: unlabelled.count / form.imageByteCount)
        let name = DatasetName.stl10.rawValue
        return (
            train: try ImageDataset(
                name: name, form: form, pixels: train.pixels + unlabelled, labels: train.labels + unknown, names: nil),
            test: try ImageDataset(name: name, form: form, pixels: test.pixels, labels: test.labels, names: nil)
        )
    }
}
