import Foundation

/// Which files of a folder are the images to train on and to test with, and of which class each is. Nothing has been opened.
struct ImageListing {
    /// A file that should be an image.
    struct Item {
        /// The path from the folder.
        let path: String
        /// The class, `0..<classNames.count`; or ``ImageDataset/unknownLabel``.
        let label: Int
    }

    /// The folder.
    let root: String
    /// Sorted by their bytes; a class's label is its place here.
    let classNames: [String]
    /// Sorted by class, then path; or in the order of a list file. Those without label come last.
    let train: [Item]
    /// The same of the test images.
    let test: [Item]

    static let partNames = ["train", "test"]
    /// Where there is a folder of this name, its images are trained on without label.
    private static let unlabelledName = "unlabelled"

    /// A folder of `train/CLASS/…` and `test/CLASS/…`, and perhaps `unlabelled/…`; folders in a class's folder are looked
    /// through, too.
    ///
    /// - Throws: `DatasetError.missing` without these two folders; `.invalid` for a link out of the folder.
    init(folder root: String) throws {
        let folder = try ContainedFolder(root)
        let classes = try Self.partNames.map { part in
            guard folder.isFolder(part) else {
                throw DatasetError.missing(
                    path: "\(root)/\(part)", advice: "a folder of images has train/CLASS/… and test/CLASS/…")
            }
            return try folder.contents(part).filter { folder.isFolder("\(part)/\($0)") }
        }
        let names = Set(classes.joined()).sorted(by: Self.byBytes)
        let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let parts = try zip(Self.partNames, classes).map { part, classes in
            try classes.sorted(by: Self.byBytes).flatMap { name in
                try folder.files("\(part)/\(name)").sorted(by: Self.byBytes).map {
                    Item(path: $0, label: labels[name] ?? 0)
                }
            }
        }
        let unlabelled = folder.isFolder(Self.unlabelledName) ? try folder.files(Self.unlabelledName) : []
        self.init(
            root: root, classNames: names,
            train: parts[0]
                + unlabelled.sorted(by: Self.byBytes).map { Item(path: $0, label: ImageDataset.unknownLabel) },
            test: parts[1])
    }

    /// Files that lists name, a line each: the path from the folder, blanks, the class. In a list of unlabelled images the
    /// class may be left out, and is not read.
    ///
    /// - Throws: `DatasetError.missing` or `.corrupt` for a list; `.invalid` for a path that leads out of the folder.
    init(folder root: String, trainList: String, testList: String, unlabelledList: String? = nil) throws {
        let folder = try ContainedFolder(root)
        let parts = try [trainList, testList].map { list in
            try TextLines.of(list).enumerated().compactMap { index, line -> (path: String, name: String)? in
                guard !line.isEmpty else { return nil }
                guard let blank = line.lastIndex(where: { $0 == " " || $0 == "\t" }) else {
                    throw DatasetError.corrupt(
                        path: list, problem: "line \(index + 1) is not a path, a blank and a class: \"\(line)\"")
                }
                let path = line[..<blank].trimmingCharacters(in: .whitespaces)
                try folder.expectInside(path)
                return (path, String(line[line.index(after: blank)...]))
            }
        }
        let found = Set(parts.joined().map(\.name))
        let numbers = found.compactMap(Int.init)
        // As numbers, if they all are: 10 comes after 9.
        let names =
            numbers.count == found.count && Set(numbers).count == numbers.count
            ? numbers.sorted().map(String.init) : found.sorted(by: Self.byBytes)
        let labels = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        let items = parts.map { part in
            part.map { Item(path: $0.path, label: labels[$0.name] ?? labels[Int($0.name).map(String.init) ?? ""] ?? 0) }
        }
        let unlabelled = try unlabelledList.map { list in
            try TextLines.of(list).filter { !$0.isEmpty }.map { line in
                var path = line
                // A path may have blanks in it.
                if !folder.exists(path), let blank = line.lastIndex(where: { $0 == " " || $0 == "\t" }) {
                    path = line[..<blank].trimmingCharacters(in: .whitespaces)
                }
                try folder.expectInside(path)
                return Item(path: path, label: ImageDataset.unknownLabel)
            }
        }
        self.init(root: root, classNames: names, train: items[0] + (unlabelled ?? []), test: items[1])
    }

    private init(root: String, classNames: [String], train: [Item], test: [Item]) {
        self.root = root
        self.classNames = classNames
        self.train = train
        self.test = test
    }

    /// The same images in the groups that a file assigns their classes to: lines of CLASS, tab, GROUP. Further columns are not
    /// read, nor lines about classes that the folder does not have, such as a header.
    ///
    /// - Throws: `DatasetError.missing` or `.corrupt` for the file, also if it leaves a class without group.
    func grouped(byFile file: String) throws -> ImageListing {
        var groups: [String: String] = [:]
        let known = Set(classNames)
        for (index, line) in try TextLines.of(file).enumerated() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard let name = fields.first, known.contains(name) else { continue }
            guard fields.count > 1, !fields[1].isEmpty else {
                throw DatasetError.corrupt(
                    path: file, problem: "line \(index + 1) has no group behind \(name) and a tab")
            }
            if let other = groups[name], other != fields[1] {
                throw DatasetError.corrupt(path: file, problem: "\(name) is in \(other) and in \(fields[1])")
            }
            groups[name] = fields[1]
        }
        if let name = classNames.first(where: { groups[$0] == nil }) {
            throw DatasetError.corrupt(path: file, problem: "the class \(name) of \(root) is in no group")
        }
        let names = Set(groups.values).sorted(by: Self.byBytes)
        let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let newLabels = classNames.map { groups[$0].flatMap { labels[$0] } ?? 0 }
        func grouped(_ items: [Item]) -> [Item] {
            items.map { item in
                item.label == ImageDataset.unknownLabel ? item : Item(path: item.path, label: newLabels[item.label])
            }
        }
        return ImageListing(root: root, classNames: names, train: grouped(train), test: grouped(test))
    }

    /// The same order everywhere, whatever the language.
    private static func byBytes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}
