import ArgumentParser
import Datasets
import Foundation
import Synchronization

struct DataImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Packs a folder of JPEG and PNG images into one file to train on.",
        discussion: """
            The folder has train/CLASS/… and test/CLASS/…, and perhaps unlabelled/…; or files list its images. Classes are \
            sorted by name. An import that was stopped goes on where it was if it is called again. The file is named in a \
            recipe as data.set.

            Example: equipoise data import photos --size 32 --output photos.safetensors
            """)

    @Argument(help: "The folder.")
    var folder: String

    @Option(help: "The file to write; what is there is replaced once the new one is whole.")
    var output: String

    @Option(help: "Bring every image to so many pixels in each direction; else all must be of one size.")
    var size: Int?

    @Option(
        help: """
            How images are brought to --size: 'stretch' brings both sides to it; 'cover' the shorter one, and of the longer \
            one the centre is kept.
            """)
    var fit: ImageFit = .stretch

    @Option(help: "A file of lines CLASS, tab, GROUP; train on the groups.")
    var classes: String?

    @Option(help: "A file of lines 'path class' in place of the folder train; with --test-list.")
    var trainList: String?

    @Option(help: "The same in place of the folder test.")
    var testList: String?

    @Option(help: "The same in place of the folder unlabelled; classes may be left out, and are not read.")
    var unlabelledList: String?

    @Option(help: "What the data set is called. [default: the output's name]")
    var name: String?

    func validate() throws {
        guard (trainList == nil) == (testList == nil) else {
            throw ValidationError("--train-list and --test-list go together")
        }
        guard fit == .stretch || size != nil else {
            throw ValidationError("--fit \(fit.rawValue) goes with --size")
        }
        guard unlabelledList == nil || trainList != nil else {
            throw ValidationError("--unlabelled-list goes with --train-list and --test-list")
        }
    }

    func run() throws {
        var lists: ImageImport.Lists?
        if let trainList, let testList { lists = .init(train: trainList, test: testList, unlabelled: unlabelledList) }
        let name = name ?? URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
        let images = try ImageImport(
            folder: folder, options: .init(name: name, side: size, fit: fit, classes: classes, lists: lists),
            progress: ProgressLine("looking at files").report)
        for warning in images.warnings { FileHandle.standardError.write(Data("warning: \(warning)\n".utf8)) }
        let count = try images.write(to: output, progress: ProgressLine("packing images").report)
        if count > 0 {
            FileHandle.standardError.write(Data("went on after \(count) images of an import that was stopped\n".utf8))
        }
        print(try DatasetDescription(ImageSource.images(path: output).load(), path: output))
    }
}

extension ImageFit: ExpressibleByArgument {}

/// A line on the terminal that counts up to 100 %; nothing where nobody watches.
private final class ProgressLine: Sendable {
    private let title: String
    private let shown = Mutex(-1)

    init(_ title: String) {
        self.title = title
    }

    /// To be told how many of how many are done, on any thread.
    @Sendable func report(_ done: Int, of count: Int) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let percent = 100 * done / max(1, count)
        shown.withLock { shown in
            guard percent > shown else { return }
            shown = percent
            let end = percent == 100 ? "\n" : ""
            FileHandle.standardError.write(Data("\r\(title): \(percent) % (\(done) of \(count))\(end)".utf8))
        }
    }
}
